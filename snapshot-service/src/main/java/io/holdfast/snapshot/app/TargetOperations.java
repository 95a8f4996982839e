package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.TargetSeen;
import io.holdfast.snapshot.domain.TargetStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * Drives a target to what its row wants: look, take the next step, look again. A crash between any two steps is harmless: the
 * next drive looks first. Filling is driven by the {@link Puller}; callers of all else hold the target's lock.
 */
public final class TargetOperations {

    private static final Logger LOG = Logger.getLogger(TargetOperations.class);
    /** Finishing has eight steps at most; more means that a step does not do what it says. */
    private static final int MAX_STEPS = 24;

    private static final String ENDED_TOO_LATE =
            "The restore was to end when the VM had its restored disks already: it keeps them. If it is off, start it.";

    private final TargetEnd.Tables tables;
    private final Drivers drivers;

    public TargetOperations(TargetEnd.Tables tables, Drivers drivers) {
        this.tables = tables;
        this.drivers = drivers;
    }

    /** Takes every step there is, until there is nothing to do or something fails. */
    Target drive(Target start) {
        Target target = start;
        RestoreTargets driver = driver(target);
        for (int i = 0; i < MAX_STEPS; i++) {
            TargetStep step = TargetStep.next(target, observe(target, driver));
            switch (step) {
                case TargetStep.Rest _, TargetStep.Watch _ -> {
                    return target;
                }
                case TargetStep.Refuse no -> throw new ApiException(no.code(), no.why() + ".");
                default -> target = perform(step, target, driver, Map.of());
            }
        }
        throw new ApiException(ErrorCode.INTERNAL, "The target does not come to an end.");
    }

    /** Takes one step of filling; the target as it is then, and whether there was nothing but to watch. */
    Advanced advance(Target target, Map<String, NbdEndpoint> from) {
        RestoreTargets driver = driver(target);
        TargetSeen seen = driver.observe(target).withEndpoints(!from.isEmpty());
        TargetStep step = TargetStep.next(target, seen);
        return switch (step) {
            case TargetStep.Watch _ -> new Advanced(progress(target, seen), true);
            case TargetStep.Rest _ -> new Advanced(target, true);
            default -> new Advanced(perform(step, target, driver, from), false);
        };
    }

    record Advanced(Target target, boolean idle) {}

    private Target progress(Target target, TargetSeen seen) {
        Target told = target;
        for (Target.Disk d : target.disks()) {
            long done = seen.pull(d.key()).doneBytes();
            if (!d.filled() && done != d.doneBytes()) {
                told = change(target, t -> t.withDisk(d.key(), x -> x.progress(done)));
            }
        }
        return told;
    }

    /** What is seen, with this service's own records of the VM. */
    private TargetSeen observe(Target target, RestoreTargets driver) {
        TargetSeen seen = driver.observe(target);
        TargetSeen.Vm vm = seen.vm();
        if (target.inPlace() == null || !vm.there() || vm.marks() || !target.whole()) {
            return seen;
        }
        boolean rows = !tables.checkpoints()
                        .ofVm(target.source(), target.inPlace())
                        .isEmpty()
                || !tables.snapshots().ofVm(target.source(), target.inPlace()).isEmpty();
        return rows ? seen.withVm(vm.withMarks()) : seen;
    }

    private Target perform(TargetStep step, Target target, RestoreTargets driver, Map<String, NbdEndpoint> from) {
        LOG.infof(
                "job %s: target %s: %s",
                target.job(), target.vmName(), step.getClass().getSimpleName());
        return switch (step) {
            case TargetStep.MakeVolumes _ -> {
                driver.makeVolumes(change(target, Target::unmade));
                yield change(target, Target::withMade);
            }
            case TargetStep.StartHelper _ -> {
                driver.startHelper(target, from);
                yield target;
            }
            case TargetStep.StartPull pull -> {
                Target begun = change(target, t -> t.withDisk(pull.disk(), Target.Disk::start));
                driver.startPull(begun, disk(begun, pull.disk()));
                yield begun;
            }
            case TargetStep.EndPull pull -> {
                driver.endPull(target, disk(target, pull.disk()));
                yield change(target, t -> t.withDisk(pull.disk(), Target.Disk::fill));
            }
            case TargetStep.StopHelper _ -> {
                driver.stopHelper(target);
                yield target;
            }
            case TargetStep.Verify _ -> verified(target, driver);
            case TargetStep.FailFill fail -> throw new ApiException(ErrorCode.TARGET_FILL_FAILED, fail.why());
            case TargetStep.Refuse _, TargetStep.Rest _, TargetStep.Watch _ ->
                throw new IllegalStateException("not a step that does something: " + step);
            default -> end(step, target, driver);
        };
    }

    private Target verified(Target target, RestoreTargets driver) {
        try {
            driver.verify(target);
        } catch (ApiException e) {
            if (e.code() == ErrorCode.TARGET_FILL_FAILED) {
                change(target, Target::refill);
            }
            throw e;
        }
        return change(target, t -> t.state() == State.FILLING ? t.with(State.FILLED) : t);
    }

    private Target end(TargetStep step, Target target, RestoreTargets driver) {
        switch (step) {
            case TargetStep.Define _ -> {
                List<String> notes = driver.define(target, originalIsGone(target));
                return change(target, t -> t.noting(notes));
            }
            case TargetStep.SwitchDisks _ -> driver.switchDisks(target);
            case TargetStep.StopVm _ -> driver.stopVm(target);
            case TargetStep.DropSavedState _ -> driver.dropSavedState(target);
            case TargetStep.ForgetMarks _ -> {
                driver.forgetMarks(target);
                if (target.whole()) {
                    tables.checkpoints().removeOfVm(target.source(), target.vmId());
                    tables.snapshots().removeOfVm(target.source(), target.vmId());
                }
            }
            case TargetStep.StartVm _ -> {
                return started(target, driver);
            }
            case TargetStep.Finish _ -> {
                return change(target, t -> (t.aborting() ? t.noting(List.of(ENDED_TOO_LATE)) : t).finished());
            }
            case TargetStep.RemoveReplaced _ -> {
                List<String> left = driver.removeReplaced(target);
                return change(target, t -> t.withoutOld(left));
            }
            case TargetStep.Undefine _ -> driver.undefine(target);
            case TargetStep.DeleteVolumes _ -> driver.deleteVolumes(target);
            case TargetStep.Vanish _ -> {
                return change(target, Target::aborted);
            }
            default -> throw new IllegalStateException("not a step of an end: " + step);
        }
        return target;
    }

    /** A VM that does not start is restored all the same: the note says why, and an old disk is not given up for it. */
    private Target started(Target target, RestoreTargets driver) {
        try {
            driver.start(target.vmId());
            // Once: a guest may well switch itself off at once.
            return change(target, Target::withoutStart);
        } catch (ApiException e) {
            if (e.code().retryable()) {
                throw e;
            }
            List<String> notes = new ArrayList<>(List.of("The VM is restored but did not start: " + e.detail()));
            if (!target.oldPaths().isEmpty()) {
                notes.add("The replaced disks were kept: " + String.join(", ", target.oldPaths()));
            }
            LOG.warnf("job %s: %s", target.job(), notes);
            return change(target, t -> t.unstarted(notes));
        }
    }

    /** Whether it is known that no original runs beside the new VM: what cannot be asked is not known. */
    private boolean originalIsGone(Target target) {
        // By its id: another hypervisor may have the name by now.
        Optional<Source> home = Optional.ofNullable(target.originalSource())
                .flatMap(id -> tables.sources().byId(id));
        try {
            return home.isPresent()
                    && !drivers.of(home.get()).targets().hasOriginal(target.definition())
                    && !driver(target).hasOriginal(target.definition());
        } catch (ApiException e) {
            LOG.infof("job %s: the original VM could not be asked for: %s", target.job(), e.detail());
            return false;
        }
    }

    /** Whether it is known that nothing was made: an in-place target's VM has its own disks still, a new VM is not there. */
    boolean untouched(Target target) {
        try {
            TargetSeen.Vm vm = driver(target).observe(target).vm();
            return target.inPlace() == null ? !vm.there() : !vm.switched();
        } catch (RuntimeException e) {
            LOG.debugf(e, "job %s: not known whether the VM was made", target.job());
            return false;
        }
    }

    private static Target.Disk disk(Target target, String key) {
        return target.disks().stream()
                .filter(d -> d.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private Target change(Target target, UnaryOperator<Target> how) {
        return tables.targets().change(target.job(), how);
    }

    RestoreTargets driver(Target target) {
        Source source = tables.sources()
                .byId(target.source())
                .orElseThrow(() -> new ApiException(ErrorCode.SOURCE_NOT_FOUND, "The target's source is gone."));
        return drivers.of(source).targets();
    }
}
