package io.holdfast.worker.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.jobs.JobContext;
import io.holdfast.jobs.JobHandler;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultException;
import io.holdfast.worker.domain.Failures;
import io.holdfast.worker.domain.PointSummary;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Makes one restore point: frozen view, read, store, commit. The vault is asked first whether an earlier attempt of the job
 * has committed already; the view is left open, the catalog settles it.
 */
public final class BackUp implements JobHandler {

    private static final Logger LOG = Logger.getLogger(BackUp.class);

    private final RunnerApi catalog;
    private final SnapshotServiceApi views;
    private final VaultDoor door;
    private final DiskConnector disks;
    private final ViewOpener opener;
    private final MonotonicClock pause;
    private final ObjectMapper json;

    public BackUp(
            RunnerApi catalog,
            SnapshotServiceApi views,
            VaultDoor door,
            DiskConnector disks,
            ViewOpener opener,
            MonotonicClock pause,
            ObjectMapper json) {
        this.catalog = catalog;
        this.views = views;
        this.door = door;
        this.disks = disks;
        this.opener = opener;
        this.pause = pause;
        this.json = json;
    }

    @Override
    public JsonNode run(LeasedJob job, JobContext context) throws InterruptedException {
        var spec = (JobSpec.Backup) job.spec();
        if (spec.backupKind() == BackupKind.DIFFERENTIAL) {
            throw new ApiException(ErrorCode.KIND_UNSUPPORTED, "Differential backups are not there yet.");
        }
        context.progress(Progress.of("open", 0, 0));
        VaultAccess access = catalog.vaultAccess(spec.vault());
        try (OpenVault vault = door.open(access)) {
            Optional<PointManifest> made = vault.point(spec.point(), spec.vm());
            if (made.isPresent()) {
                LOG.infof("job %s: point %s is committed already, adopted", job.job(), spec.point());
            }
            PointManifest manifest = made.isPresent() ? made.get() : make(vault, job, spec, context);
            // The catalog passes the moment on: of all that this job froze, only its checkpoint may be counted from.
            return json.<ObjectNode>valueToTree(PointSummary.of(manifest, access.name()))
                    .put("moment", manifest.moment());
        } catch (VaultException e) {
            throw Failures.of(e);
        } catch (StorageException e) {
            throw Failures.of(e);
        }
    }

    private PointManifest make(OpenVault vault, LeasedJob job, JobSpec.Backup spec, JobContext context)
            throws InterruptedException {
        List<UUID> bases = spec.backupKind() == BackupKind.FULL ? List.of() : readable(vault, spec.vm(), job.bases());
        ViewInfo view = opener.open(new OpenView(
                job.job(),
                context.fencing(),
                spec.source(),
                spec.vm(),
                spec.vault(),
                spec.point(),
                spec.backupKind(),
                bases));
        LOG.infof("job %s: view open, %d disks, %s", job.job(), view.disks().size(), view.consistency());
        Duration every = Duration.ofSeconds(job.leaseSeconds()).dividedBy(3);
        try (var keeper = new ViewKeeper(views, pause, job.job(), context.fencing(), every)) {
            return unlessLost(keeper, () -> storeOrFull(vault, spec, view, bases, context));
        }
    }

    /** Bases that the vault can be read against; the snapshot side knows which of them have a checkpoint. */
    private static List<UUID> readable(OpenVault vault, String vm, List<UUID> bases) {
        if (bases.isEmpty()) {
            return bases;
        }
        Set<UUID> there = vault.points(vm).stream().map(PointManifest::id).collect(Collectors.toSet());
        return bases.stream().filter(there::contains).toList();
    }

    /** A base that turns out unreadable costs a full read, not the backup. */
    private PointManifest storeOrFull(
            OpenVault vault, JobSpec.Backup spec, ViewInfo view, List<UUID> bases, JobContext context)
            throws InterruptedException {
        try {
            return store(vault, spec, view, bases, context);
        } catch (VaultException e) {
            if (e.kind() != VaultException.Kind.BASE_NOT_USABLE || bases.isEmpty()) {
                throw e;
            }
            LOG.warnf("job %s: the base cannot be used, reading in full: %s", view.job(), e.getMessage());
            return store(vault, spec, view, List.of(), context);
        }
    }

    private PointManifest store(
            OpenVault vault, JobSpec.Backup spec, ViewInfo view, List<UUID> bases, JobContext context)
            throws InterruptedException {
        var intent = new BackupIntent(
                spec.vm(),
                view.vmName(),
                spec.source(),
                view.job().toString(),
                spec.point(),
                view.moment().toString(),
                io.holdfast.vault.BackupKind.valueOf(spec.backupKind().name()),
                base(view, bases));
        try (var writing = vault.begin(intent)) {
            new ViewReading(disks, view, !bases.isEmpty(), context).storeDisks(writing);
            context.progress(Progress.of("commit", 0, 0));
            // An export whose job ended serves the live disk for a moment: nothing of that may be committed.
            opener.observe(view.job(), context.fencing());
            return writing.commit(ViewFacts.of(view, spec.consistency()));
        }
    }

    /**
     * What the point counts from: the newest base that a disk's changes count from. Where every disk is read in full, the
     * newest readable point serves to find what is stored already, and the manifest names no base.
     */
    private static Optional<UUID> base(ViewInfo view, List<UUID> bases) {
        Set<UUID> used = view.disks().stream()
                .flatMap(disk -> Optional.ofNullable(disk.base()).stream())
                .collect(Collectors.toSet());
        Optional<UUID> counted = bases.stream().filter(used::contains).findFirst();
        return counted.or(() -> bases.stream().findFirst());
    }

    private interface Step {
        PointManifest run() throws InterruptedException;
    }

    /** Once the view is gone, whatever else went wrong went wrong because of that. */
    private static PointManifest unlessLost(ViewKeeper keeper, Step step) throws InterruptedException {
        try {
            return step.run();
        } catch (InterruptedException | RuntimeException e) {
            Optional<ApiException> loss = keeper.loss();
            if (loss.isEmpty() && readFailed(e)) {
                // Which may be how the view's end shows first: its keeper asks only now and then.
                loss = keeper.askWhy();
            }
            if (loss.isEmpty()) {
                throw e;
            }
            boolean _ = Thread.interrupted();
            throw loss.get().code() == ErrorCode.SCRATCH_FULL
                    ? new ApiException(ErrorCode.SCRATCH_FULL, loss.get().detail(), e)
                    : new ApiException(ErrorCode.VIEW_LOST, "The frozen view was lost while it was read.", e);
        }
    }

    private static boolean readFailed(Exception e) {
        return (e instanceof ApiException known && known.code() == ErrorCode.NBD_ERROR)
                || (e instanceof VaultException vault && vault.kind() == VaultException.Kind.SOURCE_FAILED);
    }
}
