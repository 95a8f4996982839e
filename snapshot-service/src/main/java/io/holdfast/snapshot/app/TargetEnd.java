package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Target;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/** Makes a filled target a VM, or makes it vanish. */
public final class TargetEnd {

    private static final Logger LOG = Logger.getLogger(TargetEnd.class);

    private final Tables tables;
    private final Rows.Targets targets;
    private final TargetOperations operations;
    private final Puller puller;
    private final VmLocks locks;
    private final InstantSource clock;

    /** The rows a target's end touches. */
    public record Tables(
            Rows.Sources sources,
            Rows.Targets targets,
            Rows.Views views,
            Rows.Checkpoints checkpoints,
            Rows.SnapshotRows snapshots) {}

    public TargetEnd(Tables tables, TargetOperations operations, Puller puller, VmLocks locks, InstantSource clock) {
        this.tables = tables;
        this.targets = tables.targets();
        this.operations = operations;
        this.puller = puller;
        this.locks = locks;
        this.clock = clock;
    }

    /** Idempotent. */
    public TargetInfo finish(UUID job, FinishTarget finish) {
        return locked(job, seen -> {
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
        if (target.state() != State.FILLED || target.aborting()) {
            throw new ApiException(ErrorCode.TARGET_FILL_FAILED, "The target is not filled.");
        }
        Target begun = target.finishing() ? target : intent(target, start);
        try {
            return operations.drive(begun);
        } catch (RuntimeException e) {
            return settled(begun, e);
        }
    }

    private Target intent(Target target, boolean start) {
        String vm = target.inPlace();
        if (vm == null) {
            return targets.change(target.job(), t -> t.beginFinish(start));
        }
        if (tables.views().unclosed().stream()
                .anyMatch(v -> v.phase().live() && v.source().equals(target.source()) && v.vm().equals(vm))) {
            throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM is being read.");
        }
        RestoreTargets.Replaced replaced = operations.driver(target).replaced(target);
        return targets.change(
                target.job(),
                t -> t.replacing(replaced.paths(), replaced.whole(), replaced.notes())
                        .beginFinish(start));
    }

    /** What failed after the end was written is only clean-up; what failed before the switch may begin anew. */
    private Target settled(Target begun, RuntimeException failure) {
        Target target = TargetDesk.find(targets, begun.job());
        if (target.state() == State.FINISHED) {
            LOG.warnf("job %s: clean-up is left to the reaper: %s", target.job(), failure.getMessage());
            return target;
        }
        // A call that overran its deadline may still do its work: then the finish stays begun.
        if (!SnapshotUpkeep.outcomeUnknown(failure) && operations.untouched(target)) {
            targets.change(target.job(), Target::undoFinish);
        }
        throw failure;
    }

    /** The catalog's word that the job ended without a VM: aborts, and lets nothing be opened that comes late. */
    public void settle(UUID job) {
        targets.end(job);
        abort(job, t -> true);
    }

    /** An attempt's word that nobody goes on with its target. Idempotent. Error: {@code fenced}. */
    public void abort(UUID job, AbortTarget abort) {
        abort(job, t -> {
            TargetDesk.fence(t, abort.fencing());
            return true;
        });
    }

    /** Also for a job that never opened a target. */
    private void abort(UUID job, Predicate<Target> still) {
        if (targets.byJob(job).filter(TargetRules::unfinished).isPresent()) {
            aborted(job, still);
        }
    }

    /** Aborts a target that nobody has renewed. */
    public void expire(UUID job) {
        aborted(job, t -> t.expiresAt().isBefore(clock.instant()));
    }

    private void aborted(UUID job, Predicate<Target> still) {
        locked(job, seen -> {
            Target going = targets.change(job, t -> TargetRules.unfinished(t) && still.test(t) ? t.abort() : t);
            if (going.aborting()) {
                puller.stop(job);
                driven(going);
            }
            return job;
        });
    }

    /** Goes on with what a target's row says was begun. */
    public void goOn(UUID job) {
        locked(job, this::driven);
    }

    /** On a source that is gone nobody can do anything, and nobody is to wait for it. */
    private Target driven(Target target) {
        return tables.sources().byId(target.source()).isPresent()
                ? operations.drive(target)
                : targets.change(target.job(), t -> t.goesOn() || t.ended() ? t : t.forsaken());
    }

    private <T> T locked(UUID job, Function<Target, T> work) {
        Target known = TargetDesk.find(targets, job);
        return locks.with(known.source(), known.subject(), () -> work.apply(TargetDesk.find(targets, job)));
    }
}
