package io.holdfast.snapshot.app;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Source;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Creates and deletes snapshots; each can be repeated by a later attempt. */
public final class SnapshotWork {

    private static final Logger LOG = Logger.getLogger(SnapshotWork.class);

    private final SourceDirectory directory;
    private final Rows.SnapshotRows snapshots;
    private final Rows.Views views;
    private final VmLocks locks;
    private final InstantSource clock;

    public SnapshotWork(
            SourceDirectory directory,
            Rows.SnapshotRows snapshots,
            Rows.Views views,
            VmLocks locks,
            InstantSource clock) {
        this.directory = directory;
        this.snapshots = snapshots;
        this.views = views;
        this.locks = locks;
        this.clock = clock;
    }

    /** Makes a disk-only snapshot of all disks at one moment. */
    public Snapshot create(JobSpec.SnapshotCreate spec) {
        Source source = directory.find(spec.source());
        return locks.with(
                source.id(), spec.vm(), () -> directory.reach(source, d -> created(source, d.snapshots(), spec)));
    }

    private Snapshot created(Source source, Snapshots driver, JobSpec.SnapshotCreate spec) {
        List<Snapshot> known = snapshots.ofVm(source.id(), spec.vm());
        Optional<Snapshot> same =
                known.stream().filter(s -> s.name().equals(spec.name())).findFirst();
        if (same.isPresent() && same.get().state() != Snapshot.State.CREATING) {
            throw new ApiException(
                    ErrorCode.SNAPSHOT_EXISTS, "The VM has a snapshot called " + spec.name() + " already.");
        }
        refuseDuringView(source, spec.vm());
        Snapshot intent = same.orElseGet(() -> intend(source, driver, spec, known));
        try {
            String outcome = driver.create(intent, spec.quiesce());
            Snapshot done = intent.withConsistency(outcome).with(Snapshot.State.ACTIVE);
            snapshots.update(done);
            LOG.infof("snapshot %s of %s created", done.id(), spec.vmName());
            return done;
        } catch (RuntimeException e) {
            if (Boolean.FALSE.equals(driver.inUse(intent))) {
                snapshots.remove(intent.id());
            }
            throw e;
        }
    }

    private Snapshot intend(Source source, Snapshots driver, JobSpec.SnapshotCreate spec, List<Snapshot> known) {
        UUID id = UUID.randomUUID();
        Snapshots.Ground ground = driver.plan(spec.vm(), id);
        Snapshot intent = new Snapshot(
                id,
                source.id(),
                spec.vm(),
                spec.name(),
                spec.description(),
                known.isEmpty() ? null : known.getLast().id(),
                Snapshot.State.CREATING,
                ground.vmState(),
                ground.off(),
                "crash",
                ground.overlays(),
                clock.instant());
        snapshots.insert(intent);
        return intent;
    }

    /** Consolidates a snapshot into what lies beneath it; the VM's contents do not change. */
    public void delete(JobSpec.SnapshotDelete spec, Snapshots.Watch watch) {
        Source source = directory.find(spec.source());
        locks.with(
                source.id(),
                spec.vm(),
                () -> directory.reach(source, d -> deleted(source, d.snapshots(), spec, watch)));
    }

    private UUID deleted(Source source, Snapshots driver, JobSpec.SnapshotDelete spec, Snapshots.Watch watch) {
        Snapshot found = snapshots.ofVm(source.id(), spec.vm()).stream()
                .filter(s -> s.name().equals(spec.name()))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        ErrorCode.SNAPSHOT_NOT_FOUND, "The VM has no snapshot called " + spec.name() + "."));
        refuseDuringView(source, spec.vm());
        Snapshot going = found.with(Snapshot.State.DELETING);
        snapshots.update(going);
        driver.consolidate(going, watch);
        snapshots.remove(going.id());
        LOG.infof("snapshot %s of %s consolidated", going.id(), spec.vmName());
        return going.id();
    }

    private void refuseDuringView(Source source, String vm) {
        if (views.unclosed().stream()
                .anyMatch(v -> v.phase().live() && v.source().equals(source.id()) && v.vm().equals(vm))) {
            throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM is being read; try again when it ended.");
        }
    }

    /** After a restart: what was begun is either there or it is not. */
    public void reconcile(Source source) {
        for (Snapshot s : snapshots.all()) {
            if (!s.source().equals(source.id()) || s.state() != Snapshot.State.CREATING) {
                continue;
            }
            Boolean there = directory.reach(
                    source, d -> Objects.requireNonNullElse(d.snapshots().inUse(s), false));
            if (there) {
                snapshots.update(s.with(Snapshot.State.ACTIVE));
            } else {
                snapshots.remove(s.id());
            }
        }
    }
}
