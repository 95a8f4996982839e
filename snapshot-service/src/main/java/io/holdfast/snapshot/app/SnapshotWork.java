package io.holdfast.snapshot.app;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Source;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Creates and deletes snapshots. Each can be repeated by a later attempt of its job, which first puts in order what an earlier
 * one left, and knows the earlier one's success as its own.
 */
public final class SnapshotWork {

    private static final Logger LOG = Logger.getLogger(SnapshotWork.class);

    private final SourceDirectory directory;
    private final Rows.SnapshotRows snapshots;
    private final Rows.Views views;
    private final SnapshotUpkeep upkeep;
    private final VmLocks locks;
    private final InstantSource clock;

    public SnapshotWork(
            SourceDirectory directory,
            Rows.SnapshotRows snapshots,
            Rows.Views views,
            SnapshotUpkeep upkeep,
            VmLocks locks,
            InstantSource clock) {
        this.directory = directory;
        this.snapshots = snapshots;
        this.views = views;
        this.upkeep = upkeep;
        this.locks = locks;
        this.clock = clock;
    }

    /** Makes a disk-only snapshot of all disks at one moment. */
    public Snapshot create(UUID job, JobSpec.SnapshotCreate spec) {
        Source source = directory.find(spec.source());
        return locks.with(
                source.id(), spec.vm(), () -> directory.reach(source, d -> created(source, d.snapshots(), job, spec)));
    }

    private Snapshot created(Source source, Snapshots driver, UUID job, JobSpec.SnapshotCreate spec) {
        upkeep.tidy(source, driver, spec.vm());
        Optional<Snapshot> same = named(source, spec.vm(), spec.name());
        boolean own = same.isPresent() && job.equals(same.get().job());
        if (own && same.get().state() == Snapshot.State.ACTIVE) {
            return same.get();
        }
        if (same.isPresent() && !own) {
            throw new ApiException(
                    ErrorCode.SNAPSHOT_EXISTS, "The VM has a snapshot called " + spec.name() + " already.");
        }
        refuseDuringView(source, spec.vm());
        directory.refuseRunningElsewhere(source, spec.vm());
        Snapshot intent = same.orElseGet(() -> intend(source, driver, job, spec));
        // Cut in half nobody would know whether it is there.
        return Undisturbed.get(() -> made(source, driver, intent, spec.quiesce()));
    }

    private Snapshot made(Source source, Snapshots driver, Snapshot intent, boolean quiesce) {
        String outcome;
        try {
            outcome = upkeep.awake(source, driver, intent.vm(), woken -> driver.create(intent, quiesce && !woken));
        } catch (RuntimeException e) {
            outcome = afterFailure(driver, intent, e);
        }
        Snapshot done = intent.withConsistency(outcome).with(Snapshot.State.ACTIVE);
        snapshots.update(done);
        LOG.infof("job %s: snapshot %s of VM %s created", done.job(), done.id(), done.vm());
        return done;
    }

    /** Whatever was said: if it is there it was made. If it may still come the row stays, and is looked at again. */
    private String afterFailure(Snapshots driver, Snapshot intent, RuntimeException failure) {
        Boolean there;
        try {
            there = driver.inUse(intent);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            throw failure;
        }
        if (Boolean.TRUE.equals(there)) {
            return intent.consistency();
        }
        if (!SnapshotUpkeep.outcomeUnknown(failure)) {
            snapshots.remove(intent.id());
        }
        throw failure;
    }

    private Snapshot intend(Source source, Snapshots driver, UUID job, JobSpec.SnapshotCreate spec) {
        List<Snapshot> known = snapshots.ofVm(source.id(), spec.vm());
        UUID id = UUID.randomUUID();
        Snapshots.Ground ground = driver.plan(spec.vm(), id);
        Snapshot intent = new Snapshot(
                id,
                job,
                source.id(),
                spec.vm(),
                spec.name(),
                spec.description(),
                known.isEmpty() ? null : known.getLast().id(),
                Snapshot.State.CREATING,
                ground.vmState(),
                "crash",
                ground.overlays(),
                clock.instant());
        snapshots.insert(intent);
        return intent;
    }

    /** Consolidates a snapshot into what lies beneath it; the VM's contents do not change. */
    public void delete(UUID job, JobSpec.SnapshotDelete spec, Snapshots.Watch watch) {
        if (snapshots.deletedBy(job)) {
            return;
        }
        Source source = directory.find(spec.source());
        locks.with(
                source.id(),
                spec.vm(),
                () -> directory.reach(source, d -> deleted(source, d.snapshots(), job, spec, watch)));
    }

    private UUID deleted(
            Source source, Snapshots driver, UUID job, JobSpec.SnapshotDelete spec, Snapshots.Watch watch) {
        upkeep.tidy(source, driver, spec.vm());
        Snapshot found = named(source, spec.vm(), spec.name())
                .orElseThrow(() -> new ApiException(
                        ErrorCode.SNAPSHOT_NOT_FOUND, "The VM has no snapshot called " + spec.name() + "."));
        if (found.state() == Snapshot.State.CREATING) {
            throw new ApiException(
                    ErrorCode.VM_BUSY,
                    "Whether the snapshot " + spec.name() + " was made is not known yet; try again in some minutes.");
        }
        refuseDuringView(source, spec.vm());
        if (driver.inUse(found) != null) {
            directory.refuseRunningElsewhere(source, spec.vm());
            consolidate(source, driver, job, found, watch);
        }
        Undisturbed.run(() -> snapshots.delete(found.id(), job, clock.instant()));
        LOG.infof("job %s: snapshot %s of VM %s consolidated", job, found.id(), found.vm());
        return found.id();
    }

    private void consolidate(Source source, Snapshots driver, UUID job, Snapshot found, Snapshots.Watch watch) {
        Snapshot going = found.state() == Snapshot.State.ACTIVE ? found.with(Snapshot.State.DELETING) : found;
        snapshots.update(going);
        try {
            if (!going.overlays().isEmpty()) {
                upkeep.awake(source, driver, going.vm(), woken -> written(driver, job, going, watch));
            }
            driver.forget(going);
        } catch (RuntimeException e) {
            tidyAfter(source, driver, going.vm(), e);
            throw e;
        }
    }

    private Snapshot written(Snapshots driver, UUID job, Snapshot start, Snapshots.Watch watch) {
        driver.refuseHarm(start);
        Snapshot left = start;
        for (Snapshot.Overlay overlay : start.overlays()) {
            Snapshot spoiled = left.with(Snapshot.State.PARTLY_DELETED);
            driver.consolidate(left, overlay, watch, () -> begun(job, spoiled));
            Snapshot less = left.without(overlay);
            Undisturbed.run(() -> snapshots.update(less));
            left = less;
        }
        return left;
    }

    /** Written down first: however the writing ends, what the snapshot held is no moment any more. */
    private void begun(UUID job, Snapshot spoiled) {
        snapshots.update(spoiled);
        LOG.infof("job %s: snapshot %s of VM %s is being written down", job, spoiled.id(), spoiled.vm());
    }

    private void tidyAfter(Source source, Snapshots driver, String vm, RuntimeException failure) {
        try {
            Undisturbed.run(() -> upkeep.tidy(source, driver, vm));
        } catch (RuntimeException e) {
            // The reaper comes again.
            failure.addSuppressed(e);
        }
    }

    private Optional<Snapshot> named(Source source, String vm, String name) {
        return snapshots.ofVm(source.id(), vm).stream()
                .filter(s -> s.name().equals(name))
                .findFirst();
    }

    /** Also while a view is being taken down: its driver may stop the VM's process. */
    private void refuseDuringView(Source source, String vm) {
        if (views.unclosed().stream()
                .anyMatch(v -> holds(v.phase()) && v.source().equals(source.id()) && v.vm().equals(vm))) {
            throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM is being read; try again when it ended.");
        }
    }

    private static boolean holds(io.holdfast.snapshot.domain.View.Phase phase) {
        return switch (phase) {
            case OPENING, OPEN, FREEING, CLOSING -> true;
            case FREED, CLOSED -> false;
        };
    }
}
