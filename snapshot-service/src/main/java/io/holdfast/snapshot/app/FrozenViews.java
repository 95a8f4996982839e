package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.ViewPlan;
import io.holdfast.snapshot.domain.ViewSeen;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Frozen views on one source. Every operation can be repeated; callers hold the VM's lock. */
public interface FrozenViews {

    /** A plan with what goes onto the point beside the disks. */
    record Planned(ViewPlan plan, String vmName, String vmState, String definition, List<String> notes) {}

    /** A committed checkpoint that changes may be counted from. */
    record Base(UUID point, String checkpoint) {}

    /**
     * Looks and decides, touches nothing. Errors: {@code vm-not-found}, {@code vm-without-disks}, {@code pool-not-found},
     * {@code vm-definition-too-large}.
     *
     * @param port TCP port to serve at; 0: a unix socket
     */
    Planned plan(String vm, UUID moment, UUID vault, UUID point, int port);

    ViewSeen observe(View view);

    /** Reserves all scratch or nothing. Error: {@code scratch-no-space} with the missing bytes. */
    void reserveScratch(ViewPlan plan);

    /** Starts the VM paused; answers which run of it that is. */
    int wake(View view);

    void startHelper(View view);

    /** The plan with a base, or the reason for a full read, on each disk. {@code bases} newest first. */
    ViewPlan chooseBases(View view, List<Base> bases);

    /** Freezes, makes the checkpoint, serves. Answers when. */
    Instant begin(View view);

    /** When the running job of ours froze the disks; absent if that cannot be told. */
    @Nullable
    Instant begun(View view);

    void abortJob(View view);

    /**
     * Ends a backup job of the view's domain that this service made and nobody owns any more, with what it left; whether it
     * did. Who owns what is asked after the job was seen.
     */
    boolean endStray(View view, Supplier<Leftovers.Owned> owned);

    void stopDomain(View view);

    void deleteScratch(ViewPlan plan);

    void removeSocket(ViewPlan plan);

    NbdEndpoint endpoint(ViewPlan plan, ViewPlan.Disk disk);

    /** The meta context that says what changed on a disk. */
    String changedContext(ViewPlan.Disk disk);

    /** Whether the checkpoint is gone: dropped, or its VM is. False: the VM does not let it go now, ask again. */
    boolean dropCheckpoint(String vm, String checkpoint);

    /** Whether our job runs and the guest stands still because of an I/O error, or scratch outgrew what was reserved. */
    boolean scratchOverflowed(View view);

    /** Lets a guest go on that stands still for lack of scratch. */
    void resume(View view);
}
