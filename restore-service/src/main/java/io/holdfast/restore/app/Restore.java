package io.holdfast.restore.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.jobs.JobContext;
import io.holdfast.jobs.JobHandler;
import io.holdfast.restore.domain.DiskChoice;
import io.holdfast.restore.domain.Failures;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PreflightReport;
import io.holdfast.vault.VaultException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
    private final DamageLedger ledger;
    private final MonotonicClock pause;

    public Restore(
            SnapshotServiceApi snapshots,
            VaultPool vaults,
            ExportNames names,
            DamageLedger ledger,
            MonotonicClock pause) {
        this.snapshots = snapshots;
        this.vaults = vaults;
        this.names = names;
        this.ledger = ledger;
        this.pause = pause;
    }

    @Override
    public JsonNode run(LeasedJob job, JobContext context) throws InterruptedException {
        var spec = (JobSpec.Restore) job.spec();
        long started = pause.nanos();
        ledger.forget(job.job());
        try (var vault = vaults.acquire(spec.vault())) {
            PointManifest manifest = vault.vault()
                    .point(spec.point(), spec.vm())
                    .orElseThrow(() -> new ApiException(ErrorCode.POINT_NOT_FOUND, "The point is not in the vault."));
            List<PointManifest.Disk> disks = DiskChoice.of(manifest, spec.disks());
            context.progress(Progress.of("preflight", 0, 0));
            refuseDamaged(vault.vault().preflight(manifest), disks);
            TargetInfo target = fillOrAbort(job, context, manifest, disks);
            return result(target, disks, pause.nanos() - started);
        } catch (VaultException e) {
            throw Failures.of(e);
        } catch (StorageException e) {
            throw Failures.of(e);
        } finally {
            ledger.forget(job.job());
        }
    }

    private static void refuseDamaged(PreflightReport report, List<PointManifest.Disk> disks) {
        Set<String> packs = disks.stream()
                .flatMap(disk -> disk.packs().stream())
                .map(PointManifest.PackUse::id)
                .collect(Collectors.toSet());
        report.damages().stream()
                // A pack that several disks need is reported once, for any of them.
                .filter(damage -> packs.stream().anyMatch(damage.object()::contains))
                .findFirst()
                .ifPresent(damage -> {
                    throw new ApiException(
                            ErrorCode.POINT_DAMAGED,
                            "Disk " + damage.disk() + " needs " + damage.object() + ": " + damage.message());
                });
    }

    private TargetInfo fillOrAbort(
            LeasedJob job, JobContext context, PointManifest manifest, List<PointManifest.Disk> disks)
            throws InterruptedException {
        var filling = new TargetFilling(snapshots, names, ledger, pause, job, context);
        try {
            return filling.run(manifest, disks);
        } catch (InterruptedException | RuntimeException e) {
            if (context.cancelRequested() || isFinal(e)) {
                abort(job);
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

    private void abort(LeasedJob job) {
        // The flag that stopped the attempt would stop the clean-up as well.
        boolean interrupted = Thread.interrupted();
        try {
            snapshots.abortTarget(job.job());
        } catch (RuntimeException e) {
            LOG.warnf("job %s: its target could not be aborted, the catalog will: %s", job.job(), e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static JsonNode result(TargetInfo target, List<PointManifest.Disk> disks, long nanos) {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("vmId", target.vmId());
        node.put("vmName", target.vmName());
        node.put("seconds", Math.round(nanos / 1e6) / 1000.0);
        node.put("bytes", disks.stream().mapToLong(PointManifest.Disk::size).sum());
        target.notes().forEach(node.putArray("notes")::add);
        return node;
    }
}
