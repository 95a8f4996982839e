package io.holdfast.worker.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobEnd;
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
import io.holdfast.vault.BasesFound;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.access.Failures;
import io.holdfast.worker.domain.PointSummary;
import java.time.Duration;
import java.util.ArrayList;
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

    /** Bases that are offered to the view: more checkpoints of one VM and vault are not kept. */
    private static final int MOST_BASES = 8;

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
            Optional<PointManifest> made = vault.committed(spec.vm(), job.job().toString());
            if (made.isPresent()) {
                LOG.infof("job %s: point %s is committed already, adopted", job.job(), spec.point());
            }
            if (made.isEmpty()) {
                context.made(JobEnd.Made.NOTHING);
                refuseLookOnly(job);
            }
            PointManifest manifest = made.isPresent() ? made.get() : make(vault, job, spec, context);
            // The catalog passes the moment on: of all that this job froze, only its checkpoint may be counted from.
            return json.<ObjectNode>valueToTree(PointSummary.of(manifest, access.name()))
                    .put("moment", manifest.moment());
        } catch (VaultException e) {
            throw Failures.OF_VAULT.of(e);
        } catch (StorageException e) {
            throw Failures.OF_VAULT.of(e);
        }
    }

    private static void refuseLookOnly(LeasedJob job) {
        if (job.lookOnly()) {
            throw new ApiException(ErrorCode.POINT_NOT_FOUND, "No attempt of the job has committed its point.");
        }
    }

    private PointManifest make(OpenVault vault, LeasedJob job, JobSpec.Backup spec, JobContext context)
            throws InterruptedException {
        BasesFound found = spec.backupKind() == BackupKind.FULL
                ? new BasesFound(List.of(), List.of())
                : vault.bases(spec.vm(), Set.copyOf(job.bases()), MOST_BASES);
        List<UUID> bases = found.points();
        ViewInfo view = opener.open(openView(job, spec, bases, context), context);
        LOG.infof("job %s: view open, %d disks, %s", job.job(), view.disks().size(), view.consistency());
        Duration every = Duration.ofSeconds(job.leaseSeconds()).dividedBy(3);
        try (var keeper = new ViewKeeper(views, pause, job.job(), context.fencing(), every)) {
            var plan = new Plan(spec, view, bases, head(job), passedOver(found));
            return unlessLost(keeper, view.job(), context, () -> storeOrFull(vault, plan, context));
        }
    }

    private static OpenView openView(LeasedJob job, JobSpec.Backup spec, List<UUID> bases, JobContext context) {
        return new OpenView(
                job.job(),
                context.fencing(),
                spec.source(),
                spec.vm(),
                spec.vault(),
                spec.point(),
                spec.backupKind(),
                bases);
    }

    /** What an attempt stores: the catalog's head of the chain, and notes for the point beside those of the view. */
    private record Plan(
            JobSpec.Backup spec, ViewInfo view, List<UUID> bases, Optional<ChainHead> head, List<String> notes) {

        Plan withoutBase(String why) {
            return new Plan(spec, view, List.of(), head, with("The base point in the vault cannot be used: " + why));
        }

        private List<String> with(String note) {
            List<String> more = new ArrayList<>(notes);
            more.add(note);
            return more;
        }
    }

    private static Optional<ChainHead> head(LeasedJob job) {
        return job.heads().stream()
                .map(head -> new ChainHead(head.sequence(), head.hash()))
                .findFirst();
    }

    private static List<String> passedOver(BasesFound found) {
        return found.damaged().stream()
                .map(sequence -> "Manifest " + sequence
                        + " of this machine is damaged, or was not written with this vault's keys; it was passed over.")
                .toList();
    }

    /** A base that turns out unreadable costs a full read, not the backup. */
    private PointManifest storeOrFull(OpenVault vault, Plan plan, JobContext context) throws InterruptedException {
        try {
            return store(vault, plan, context);
        } catch (VaultException e) {
            if (e.kind() != VaultException.Kind.BASE_NOT_USABLE || plan.bases.isEmpty()) {
                throw e;
            }
            LOG.warnf("job %s: the base cannot be used, reading in full: %s", plan.view.job(), e.getMessage());
            return store(vault, plan.withoutBase(String.valueOf(e.getMessage())), context);
        }
    }

    private PointManifest store(OpenVault vault, Plan plan, JobContext context) throws InterruptedException {
        JobSpec.Backup spec = plan.spec;
        ViewInfo view = plan.view;
        var intent = new BackupIntent(
                spec.vm(),
                view.vmName(),
                spec.source(),
                view.job().toString(),
                spec.point(),
                view.moment().toString(),
                io.holdfast.vault.BackupKind.valueOf(spec.backupKind().name()),
                base(view, plan.bases),
                plan.head);
        try (var writing = vault.begin(intent)) {
            new ViewReading(disks, view, !plan.bases.isEmpty(), context).storeDisks(writing);
            context.progress(Progress.of("commit", 0, 0));
            context.check();
            // An export whose job ended serves the live disk for a moment: nothing of that may be committed.
            opener.observe(view.job(), context);
            context.made(JobEnd.Made.PERHAPS);
            return writing.commit(ViewFacts.of(view, plan.spec.consistency(), plan.notes));
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
    private PointManifest unlessLost(ViewKeeper keeper, UUID job, JobContext context, Step step)
            throws InterruptedException {
        try {
            return step.run();
        } catch (InterruptedException | RuntimeException e) {
            Optional<ApiException> loss = readFailed(e) ? whyFailed(keeper, job, context) : keeper.loss();
            if (loss.isEmpty()) {
                throw e;
            }
            boolean _ = Thread.interrupted();
            throw loss.get().code() == ErrorCode.SCRATCH_FULL
                    ? new ApiException(ErrorCode.SCRATCH_FULL, loss.get().detail(), e)
                    : new ApiException(ErrorCode.VIEW_LOST, "The frozen view was lost while it was read.", e);
        }
    }

    /** A read that fails may be how the view's end shows first: its keeper asks only now and then. */
    private Optional<ApiException> whyFailed(ViewKeeper keeper, UUID job, JobContext context)
            throws InterruptedException {
        Optional<ApiException> known = keeper.loss();
        try {
            return known.isPresent() ? known : opener.whyGone(job, context);
        } catch (InterruptedException e) {
            Optional<ApiException> heard = keeper.loss();
            if (heard.isPresent()) {
                return heard;
            }
            throw e;
        }
    }

    private static boolean readFailed(Exception e) {
        return (e instanceof ApiException known && known.code() == ErrorCode.NBD_ERROR)
                || (e instanceof VaultException vault && vault.kind() == VaultException.Kind.SOURCE_FAILED);
    }
}
