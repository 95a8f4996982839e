package io.holdfast.snapshot.domain;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.TargetSeen.Pull;

/**
 * One step of preparing, filling, finishing or aborting a target. Each can be repeated: what it does is asked for by what is
 * written down and what is seen.
 */
public sealed interface TargetStep {

    /** Makes the volumes that are not filled, empty, in place of what a broken pull left. */
    record MakeVolumes() implements TargetStep {}

    /** Starts the paused domain whose disks are the served points. */
    record StartHelper() implements TargetStep {}

    record StartPull(String disk) implements TargetStep {}

    /** Pulls run: there is nothing to do but to look again. */
    record Watch() implements TargetStep {}

    /** Ends a pull that has everything: the volume is complete and flushed. */
    record EndPull(String disk) implements TargetStep {}

    /** Destroys the domain that pulls. */
    record StopHelper() implements TargetStep {}

    /** Compares what the hypervisor shows of the filled volumes with what they have to be; then the target is filled. */
    record Verify() implements TargetStep {}

    /** Filling goes no further; it may be asked for again. */
    record FailFill(String why) implements TargetStep {}

    /** Makes the new VM. */
    record Define() implements TargetStep {}

    /** The switch: the VM's definition gets the restored disks, from its next start on. */
    record SwitchDisks() implements TargetStep {}

    /** Destroys the VM that runs on disks which were replaced. */
    record StopVm() implements TargetStep {}

    /** Removes the managed save, which names the old disks: resumed, it would undo the switch. */
    record DropSavedState() implements TargetStep {}

    /** Forgets checkpoints and snapshots of the disks that were replaced. */
    record ForgetMarks() implements TargetStep {}

    /** Starts the VM on the restored disks. */
    record StartVm() implements TargetStep {}

    /** The VM is there: the restore has succeeded. */
    record Finish() implements TargetStep {}

    /** Removes the files that were replaced, as far as nobody else uses them. */
    record RemoveReplaced() implements TargetStep {}

    /** Takes a new VM back. */
    record Undefine() implements TargetStep {}

    record DeleteVolumes() implements TargetStep {}

    /** Nothing is left of an aborted target. */
    record Vanish() implements TargetStep {}

    /** It cannot go on now. */
    record Refuse(ErrorCode code, String why) implements TargetStep {}

    /** Nothing is to be done until somebody asks for more. */
    record Rest() implements TargetStep {}

    /** The next step for a target, from what is written down and what is seen. Pure. */
    static TargetStep next(Target target, TargetSeen seen) {
        return switch (target.state()) {
            case FINISHED -> target.oldPaths().isEmpty() ? new Rest() : new RemoveReplaced();
            case ABORTED -> new Rest();
            case PREPARED, FILLING, FILLED, FAILED ->
                target.aborting() ? aborting(target, seen) : goingOn(target, seen);
        };
    }

    private static TargetStep goingOn(Target target, TargetSeen seen) {
        return switch (target.state()) {
            case PREPARED -> target.made() ? new Rest() : new MakeVolumes();
            case FILLING -> filling(target, seen);
            case FILLED -> target.finishing() ? finishing(target, seen) : new Rest();
            case FAILED, FINISHED, ABORTED -> new Rest();
        };
    }

    private static TargetStep filling(Target target, TargetSeen seen) {
        if (target.disks().stream().allMatch(Target.Disk::filled)) {
            return seen.helper() ? new StopHelper() : new Verify();
        }
        if (!seen.helper()) {
            return helperless(target, seen);
        }
        for (Target.Disk disk : target.disks()) {
            if (disk.filled()) {
                continue;
            }
            if (!disk.started()) {
                return new StartPull(disk.key());
            }
            Pull pull = seen.pull(disk.key()).pull();
            if (pull == Pull.NONE) {
                return new FailFill("The pull of disk " + disk.key() + " ended before all of it was there.");
            }
            if (pull == Pull.READY) {
                return new EndPull(disk.key());
            }
        }
        return new Watch();
    }

    private static TargetStep helperless(Target target, TargetSeen seen) {
        if (!seen.endpoints()) {
            return new FailFill("The domain that pulls is gone.");
        }
        boolean used = target.disks().stream().anyMatch(d -> d.started() && !d.filled());
        return used || !target.made() ? new MakeVolumes() : new StartHelper();
    }

    private static TargetStep finishing(Target target, TargetSeen seen) {
        TargetSeen.Vm vm = seen.vm();
        if (target.inPlace() == null) {
            return vm.there() ? started(target, vm) : new Define();
        }
        if (!vm.there()) {
            return new Refuse(ErrorCode.VM_NOT_FOUND, "the VM to be replaced is gone");
        }
        // The switch first, while it runs on: once it was stopped, nothing is left that could fail and leave it off.
        if (!vm.switched()) {
            return new SwitchDisks();
        }
        // It runs on the old disks still, or a managed save brought them back.
        if (vm.runningElse()) {
            return new StopVm();
        }
        if (vm.saved()) {
            return new DropSavedState();
        }
        return vm.marks() ? new ForgetMarks() : started(target, vm);
    }

    private static TargetStep started(Target target, TargetSeen.Vm vm) {
        return target.start() && !vm.running() ? new StartVm() : new Finish();
    }

    private static TargetStep aborting(Target target, TargetSeen seen) {
        if (target.finishing() && target.inPlace() != null && seen.vm().switched()) {
            // The VM lives on the new disks: going back would be the loss.
            return finishing(target.withoutStart(), seen);
        }
        if (target.finishing() && target.inPlace() == null && seen.vm().there()) {
            return new Undefine();
        }
        if (seen.helper()) {
            return new StopHelper();
        }
        return seen.volumesLeft() ? new DeleteVolumes() : new Vanish();
    }
}
