package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.TargetSeen;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Restore targets on one source. Every operation can be repeated. */
public interface RestoreTargets {

    /**
     * What a target will be.
     *
     * @param whole whether every disk of the in-place VM that a backup can hold is replaced
     */
    record Planned(String vmName, UUID newId, List<Target.Disk> disks, boolean whole) {}

    /**
     * What the switch of an in-place target replaces.
     *
     * @param paths files that nobody else may need and that go after success
     * @param whole whether every disk of the VM that a backup can hold is replaced
     * @param notes what stays, for people
     */
    record Replaced(List<String> paths, boolean whole, List<String> notes) {}

    /**
     * Checks names, pool and room; touches nothing. Errors: {@code vm-name-exists}, {@code vm-not-found},
     * {@code pool-not-found}, {@code network-not-found}, {@code no-space}, {@code disk-unsupported},
     * {@code disk-not-found}, {@code vm-has-snapshots}.
     */
    Planned plan(OpenTarget request);

    /** What is there of the target, as far as its state asks. */
    TargetSeen observe(Target target);

    /** Makes every volume that is not filled, empty. */
    void makeVolumes(Target target);

    /** Starts the helper domain whose disks are the served points. */
    void startHelper(Target target, Map<String, NbdEndpoint> from);

    /** Error: {@code target-fill-failed} when another size is served. */
    void startPull(Target target, Target.Disk disk);

    void endPull(Target target, Target.Disk disk);

    /** Error: {@code no-space} when a pool cannot take what is missing of the disks that are not filled. */
    void refuseWithoutRoom(Target target);

    /** Whether each volume is of the size and format it has to be, with nothing beneath; {@code target-fill-failed}. */
    void verify(Target target);

    void stopHelper(Target target);

    void deleteVolumes(Target target);

    /** Whether the VM that a point's definition describes is on this source. */
    boolean hasOriginal(String definition);

    /**
     * Makes the new VM, with the notes people should read. Error: {@code vm-name-exists}.
     *
     * @param connected whether its network cards may come up
     */
    List<String> define(Target target, boolean connected);

    /** Undoes {@link #define}. */
    void undefine(Target target);

    /** Looks what the switch replaces. Errors: {@code vm-not-found}, {@code vm-has-snapshots}. */
    Replaced replaced(Target target);

    /** Gives the VM's definition the restored disks; one that runs goes on. Error: {@code vm-busy} while a backup of it runs. */
    void switchDisks(Target target);

    /** Destroys the VM. Error: {@code vm-busy} while a backup of it runs. */
    void stopVm(Target target);

    void dropSavedState(Target target);

    /** Has libvirt forget checkpoints and snapshots of the replaced disks; those of disks that stay are kept. */
    void forgetMarks(Target target);

    /** Removes replaced files that nobody uses. Answers what was left and why. */
    List<String> removeReplaced(Target target);

    void start(String vm);
}
