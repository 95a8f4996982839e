package io.holdfast.snapshot.domain;

import java.util.Map;

/**
 * What is seen of a target right now. What its state does not ask about is left at nothing.
 *
 * @param helper whether the domain that pulls is there
 * @param endpoints whether this process knows where to pull from: they are secrets and live in memory only
 * @param pulls per disk, only of a helper that is there
 * @param volumesLeft whether any volume is there
 */
public record TargetSeen(boolean helper, boolean endpoints, Map<String, Pulled> pulls, boolean volumesLeft, Vm vm) {

    /** Nothing is there. */
    public static final TargetSeen NOTHING = new TargetSeen(false, false, Map.of(), false, Vm.ABSENT);

    /** One disk's pull. */
    public enum Pull {
        /** There is no pull. */
        NONE,
        RUNNING,
        /** All bytes are there; the pull only waits to be ended. */
        READY
    }

    /** A pull and its progress, in bytes. */
    public record Pulled(Pull pull, long doneBytes) {}

    /**
     * The VM that the target becomes.
     *
     * @param there whether it is defined
     * @param switched whether its definition has the restored disks
     * @param running whether it runs on them
     * @param runningElse whether it runs on other disks
     * @param saved whether it has a managed save, which would bring its old disks back
     * @param marks whether checkpoints or snapshots of the replaced disks are left
     */
    public record Vm(
            boolean there, boolean switched, boolean running, boolean runningElse, boolean saved, boolean marks) {

        public static final Vm ABSENT = new Vm(false, false, false, false, false, false);

        public Vm withMarks() {
            return new Vm(there, switched, running, runningElse, saved, true);
        }
    }

    public TargetSeen withEndpoints(boolean known) {
        return new TargetSeen(helper, known, pulls, volumesLeft, vm);
    }

    public TargetSeen withVm(Vm other) {
        return new TargetSeen(helper, endpoints, pulls, volumesLeft, other);
    }

    public Pulled pull(String disk) {
        return pulls.getOrDefault(disk, new Pulled(Pull.NONE, 0));
    }
}
