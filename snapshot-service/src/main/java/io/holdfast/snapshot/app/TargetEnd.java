package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Makes a filled target a VM, or makes it vanish. */
public final class TargetEnd {

    private static final Logger LOG = Logger.getLogger(TargetEnd.class);

    private final Rows.Sources sources;
    private final Rows.Targets targets;
    private final Rows.Views views;
    private final Rows.Checkpoints checkpoints;
    private final Rows.SnapshotRows snapshots;
    private final Drivers drivers;
    private final Puller puller;
    private final VmLocks locks;

    /** The rows a target's end touches. */
    public record Tables(
            Rows.Sources sources,
            Rows.Targets targets,
            Rows.Views views,
            Rows.Checkpoints checkpoints,
            Rows.SnapshotRows snapshots) {}

    public TargetEnd(Tables tables, Drivers drivers, Puller puller, VmLocks locks) {
        this.sources = tables.sources();
        this.targets = tables.targets();
        this.views = tables.views();
        this.checkpoints = tables.checkpoints();
        this.snapshots = tables.snapshots();
        this.drivers = drivers;
        this.puller = puller;
        this.locks = locks;
    }

    /** Idempotent. */
    public TargetInfo finish(UUID job, FinishTarget finish) {
        Target known = TargetDesk.find(targets, job);
        return locks.with(known.source(), TargetDesk.vmId(known), () -> {
            Target target = targets.change(job, t -> {
                TargetDesk.fence(t, finish.fencing());
                return t;
            });
            return TargetDesk.info(finished(target, finish.start()));
        });
    }

    private Target finished(Target target, boolean start) {
        if (target.state() == State.FINISHED) {
            return target;
        }
        if (target.state() != State.FILLED) {
            throw new ApiException(ErrorCode.TARGET_FILL_FAILED, "The target is not filled.");
        }
        RestoreTargets driver = driver(target);
        List<String> notes = new ArrayList<>(target.notes());
        if (target.inPlace() == null) {
            targets.change(target.job(), t -> t.beginFinish(List.of()));
            notes.addAll(driver.define(target));
        } else {
            notes.addAll(switchInPlace(target, target.inPlace(), driver));
        }
        if (start) {
            driver.start(TargetDesk.vmId(target));
        }
        LOG.infof("job %s: target %s finished", target.job(), target.vmName());
        return targets.change(target.job(), t -> t.withNotes(List.copyOf(notes)).with(State.FINISHED, null));
    }

    private List<String> switchInPlace(Target given, String vm, RestoreTargets driver) {
        Target target = given;
        if (!driver.switched(target)) {
            if (views.unclosed().stream()
                    .anyMatch(v -> v.phase().live() && v.source().equals(given.source()) && v.vm().equals(vm))) {
                throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM is being read.");
            }
            List<String> replaced = driver.replacedPaths(target);
            target = targets.change(target.job(), t -> t.beginFinish(replaced));
            try {
                driver.switchDisks(target);
            } catch (RuntimeException e) {
                if (!driver.switched(target)) {
                    targets.change(target.job(), Target::undoFinish);
                }
                throw e;
            }
        }
        List<String> left = driver.removeReplaced(target);
        checkpoints.removeOfVm(target.source(), vm);
        snapshots.removeOfVm(target.source(), vm);
        return left;
    }

    /** The catalog's word that the job ended without a VM: aborts, and lets nothing be opened that comes late. */
    public void settle(UUID job) {
        targets.end(job);
        abort(job);
    }

    /** Idempotent, also for a job that never opened a target. */
    public void abort(UUID job) {
        Optional<Target> known = targets.byJob(job);
        if (known.isEmpty() || !TargetRules.unfinished(known.get())) {
            return;
        }
        Target target = known.get();
        locks.with(target.source(), TargetDesk.vmId(target), () -> {
            aborted(TargetDesk.find(targets, job));
            return job;
        });
    }

    private void aborted(Target target) {
        if (!TargetRules.unfinished(target)) {
            return;
        }
        RestoreTargets driver = driver(target);
        if (target.finishing() && target.inPlace() != null && driver.switched(target)) {
            // The VM lives on the new disks: going back would be the loss.
            finished(target, false);
            return;
        }
        puller.stop(target.job());
        if (target.inPlace() == null && target.finishing()) {
            driver.undefine(target);
        }
        driver.stopHelper(target);
        driver.deleteVolumes(target);
        targets.change(target.job(), t -> t.with(State.ABORTED, t.detail()));
        LOG.infof("job %s: target %s aborted", target.job(), target.vmName());
    }

    private RestoreTargets driver(Target target) {
        Source source = sources.byId(target.source())
                .orElseThrow(() -> new ApiException(ErrorCode.SOURCE_NOT_FOUND, "The target's source is gone."));
        return drivers.of(source).targets();
    }
}
