package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.snapshot.domain.Target;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Restore targets on one source. Every operation can be repeated. */
public interface RestoreTargets {

    /** What a target will be. */
    record Planned(String vmName, UUID newId, List<Target.Disk> disks, List<String> notes) {}

    /** One disk's pull as it is seen. */
    enum Pull {
        /** There is no pull. */
        NONE,
        RUNNING,
        /** All bytes are there; the pull only waits to be ended. */
        READY
    }

    /** A pull and its progress, in bytes. */
    record PullSeen(Pull pull, long doneBytes) {}

    /**
     * Checks names, pool and room; touches nothing. Errors: {@code vm-name-exists}, {@code vm-not-found},
     * {@code pool-not-found}, {@code network-not-found}, {@code no-space}, {@code disk-unsupported},
     * {@code disk-not-found}.
     */
    Planned plan(OpenTarget request);

    void makeVolumes(Target target);

    /** Starts the helper domain whose disks are the served points, unless it is there. Checks the sizes. */
    void startHelper(Target target, Map<String, NbdEndpoint> from);

    boolean helperRuns(Target target);

    void startPull(Target target, Target.Disk disk);

    PullSeen pull(Target target, Target.Disk disk);

    /** Ends a pull that is ready: the volume is complete and flushed. */
    void endPull(Target target, Target.Disk disk);

    void stopHelper(Target target);

    void deleteVolumes(Target target);

    /** Makes the new VM, with the notes people should read. Error: {@code vm-name-exists}. */
    List<String> define(Target target);

    /** Undoes {@link #define}. */
    void undefine(Target target);

    /** Files of the in-place VM's disks that the switch replaces, whole chains. */
    List<String> replacedPaths(Target target);

    /** Destroys the in-place VM if it runs and gives it the new disks. */
    void switchDisks(Target target);

    /** Whether the VM has the new disks. */
    boolean switched(Target target);

    /** Removes old files, and the VM's checkpoint and snapshot metadata. Answers what could not be removed. */
    List<String> removeReplaced(Target target);

    void start(String vm);
}
