package io.holdfast.restore.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holdfast.api.RenewLease;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.jobs.JobContext;
import io.holdfast.jobs.JobHandler;
import io.holdfast.jobs.Shield;
import io.holdfast.restore.domain.DiskChoice;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PreflightReport;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.access.Failures;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Restores one point: preflight, target, fill from the served point, finish. */
public final class Restore implements JobHandler {

    private static final Logger LOG = Logger.getLogger(Restore.class);

    /** Failures after which another attempt goes on, or does so already, although the same request would fail again. */
    private static final Set<ErrorCode> CONTINUED = Set.of(
            ErrorCode.FENCED,
            ErrorCode.LEASE_LOST,
            ErrorCode.TARGET_FILL_FAILED,
            ErrorCode.TARGET_NOT_FOUND,
            ErrorCode.HYPERVISOR_ERROR,
            ErrorCode.UNAUTHENTICATED,
            ErrorCode.INTERNAL);

    private final SnapshotServiceApi snapshots;
    private final VaultPool vaults;
    private final ExportNames names;
    private final ReadLedger ledger;
    private final MonotonicClock pause;
    private final Duration standstill;

    /** {@code standstill}: a hypervisor that pulls nothing for this long is given up. */
    public Restore(
            SnapshotServiceApi snapshots,
            VaultPool vaults,
            ExportNames names,
            ReadLedger ledger,
            MonotonicClock pause,
            Duration standstill) {
        this.snapshots = snapshots;
        this.vaults = vaults;
        this.names = names;
        this.ledger = ledger;
        this.pause = pause;
        this.standstill = standstill;
    }

    @Override
    public JsonNode run(LeasedJob job, JobContext context) throws InterruptedException {
        if (job.lookOnly()) {
            return look(job, context);
        }
        var spec = (JobSpec.Restore) job.spec();
        long started = pause.nanos();
        ledger.begin(job.job());
        try (var vault = vaults.acquire(spec.vault())) {
            PointManifest manifest = vault.vault()
                    .point(spec.point(), spec.vm(), sequence(spec))
                    .orElseThrow(() -> new ApiException(ErrorCode.POINT_NOT_FOUND, "The point is not in the vault."));
            List<PointManifest.Disk> disks = DiskChoice.of(manifest, spec.disks());
            context.progress(Progress.of("preflight", 0, 0));
            refuseDamaged(vault.vault().preflight(manifest), disks);
            var check = new PointCheck(vault.vault(), manifest, disks, job.job(), ledger);
            TargetInfo target = fillOrAbort(job, context, check);
            long bytes = disks.stream().mapToLong(PointManifest.Disk::size).sum();
            return result(spec.point(), target, bytes, pause.nanos() - started);
        } catch (VaultException e) {
            throw Failures.OF_POINT.of(e);
        } catch (StorageException e) {
            throw Failures.OF_POINT.of(e);
        } finally {
            ledger.forget(job.job());
        }
    }

    private static OptionalLong sequence(JobSpec.Restore spec) {
        Long sequence = spec.sequence();
        return sequence == null ? OptionalLong.empty() : OptionalLong.of(sequence);
    }

    /**
     * An earlier attempt may have finished the target although the job ended badly, or have begun to: then that is brought to
     * its end, since the VM may be replaced already. The renewal carries this attempt's fencing number, so that a slower one
     * finishes nothing afterwards.
     */
    private JsonNode look(LeasedJob job, JobContext context) throws InterruptedException {
        var patience = new Patience(pause, context);
        TargetInfo target = seen(job, context, patience)
                .filter(t -> t.finishing() || t.state() == TargetInfo.State.FINISHED)
                .orElseThrow(() -> {
                    context.made(JobEnd.Made.NOTHING);
                    return new ApiException(
                            ErrorCode.TARGET_NOT_FOUND, "No attempt of the job has finished its target.");
                });
        if (target.finishing()) {
            // What this throws leaves it open what was made.
            var finish = new FinishTarget(context.fencing(), ((JobSpec.Restore) job.spec()).start());
            target = patience.ask(() -> snapshots.finishTarget(job.job(), finish));
        }
        long bytes = target.disks().stream()
                .mapToLong(TargetInfo.DiskFill::totalBytes)
                .sum();
        return result(((JobSpec.Restore) job.spec()).point(), target, bytes, 0);
    }

    private Optional<TargetInfo> seen(LeasedJob job, JobContext context, Patience patience)
            throws InterruptedException {
        try {
            return Optional.of(
                    patience.ask(() -> snapshots.observeTarget(job.job(), new RenewLease(context.fencing()))));
        } catch (ApiException e) {
            if (e.code() == ErrorCode.TARGET_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static void refuseDamaged(PreflightReport report, List<PointManifest.Disk> disks) {
        report.damageOf(disks).ifPresent(damage -> {
            throw new ApiException(
                    ErrorCode.POINT_DAMAGED,
                    "Disk " + damage.disk() + " needs " + damage.object() + ": " + damage.message());
        });
    }

    private TargetInfo fillOrAbort(LeasedJob job, JobContext context, PointCheck check) throws InterruptedException {
        var filling = new TargetFilling(snapshots, names, check, pause, standstill, job, context);
        try {
            return filling.run();
        } catch (InterruptedException | RuntimeException e) {
            if (context.cancelRequested() || isFinal(e)) {
                abort(job, context.fencing());
            }
            throw e;
        }
    }

    /**
     * Whether no later attempt goes on with this target. A drained or lost attempt leaves it: another one may be working on
     * it already. What is left by a job that ends for good, the catalog aborts.
     */
    private static boolean isFinal(Exception failure) {
        return failure instanceof ApiException e && !e.code().retryable() && !CONTINUED.contains(e.code());
    }

    private void abort(LeasedJob job, long fencing) {
        // What stopped the attempt would stop the clean-up as well.
        Shield.run("abort-" + job.job(), () -> {
            try {
                snapshots.abortTarget(job.job(), new AbortTarget(fencing));
            } catch (RuntimeException e) {
                LOG.warnf(
                        "job %s: its target is not aborted now, the catalog sees to it: %s", job.job(), e.getMessage());
            }
        });
    }

    private static JsonNode result(UUID point, TargetInfo target, long bytes, long nanos) {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("point", point.toString());
        node.put("vmId", target.vmId());
        node.put("vmName", target.vmName());
        node.put("seconds", Math.round(nanos / 1e6) / 1000.0);
        node.put("bytes", bytes);
        target.notes().forEach(node.putArray("notes")::add);
        return node;
    }
}
