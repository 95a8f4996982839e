package io.holdfast.snapshot.domain;

import io.holdfast.api.problem.ErrorCode;

/** One step of opening or closing a view. Each can be repeated: what it does is asked for by what is seen. */
public sealed interface ViewStep {

    /** Reserves scratch for every disk. */
    record ReserveScratch() implements ViewStep {}

    /** Starts the powered-off VM, paused. */
    record Wake() implements ViewStep {}

    /** A domain runs of which the row does not know whether we started it: a crash came between. */
    record NoteStart(int run) implements ViewStep {}

    /** Starts a paused domain that reads the disks of a VM with a managed save. */
    record StartHelper() implements ViewStep {}

    /** Looks which bitmaps are sound and chooses what each disk's changes are counted from. */
    record ChooseBases() implements ViewStep {}

    /** The moment: freezes all disks, makes the checkpoint, serves the exports. */
    record Begin() implements ViewStep {}

    /** The job runs but the row does not know: a crash came between. */
    record Adopt() implements ViewStep {}

    /** The view is readable. */
    record Ready() implements ViewStep {}

    /** The moment is gone: the VM's process ended or somebody ended the job. */
    record Lost(String why) implements ViewStep {}

    /** The view cannot be opened now. */
    record Refuse(ErrorCode code, String why) implements ViewStep {}

    /** Writes down that the guest stands still while our job runs: who ends the job owes it to let the guest go on. */
    record MarkFull() implements ViewStep {}

    /** Lets a guest go on that stood still for lack of scratch. */
    record Resume() implements ViewStep {}

    /** Ends our backup job, and with it the exports. */
    record AbortJob() implements ViewStep {}

    /** Destroys the domain that was started for the read. */
    record StopDomain() implements ViewStep {}

    record DeleteScratch() implements ViewStep {}

    record RemoveSocket() implements ViewStep {}

    /** Nothing is left. */
    record Done() implements ViewStep {}

    /** The next step for a view, from what it wants and what is seen. Pure. */
    static ViewStep next(View view, ViewSeen seen) {
        return view.phase().live() ? opening(view, seen) : closing(view, seen);
    }

    private static ViewStep opening(View view, ViewSeen seen) {
        if (view.takenAt() != null) {
            return seen.job() == ViewSeen.Job.OURS
                    ? new Ready()
                    : new Lost("the hypervisor no longer has the frozen moment");
        }
        if (seen.job() == ViewSeen.Job.OURS) {
            return new Adopt();
        }
        if (seen.job() == ViewSeen.Job.FOREIGN) {
            return new Refuse(ErrorCode.VM_BUSY, "another backup of this VM is running on the hypervisor");
        }
        if (!seen.scratchReady()) {
            return new ReserveScratch();
        }
        if (!seen.power().readable()) {
            return waking(view, seen);
        }
        if (view.startedId() == View.STARTING) {
            return new NoteStart(asWeStart(seen) ? seen.run() : View.NOT_STARTED);
        }
        return view.plan().chosen() ? new Begin() : new ChooseBases();
    }

    private static ViewStep waking(View view, ViewSeen seen) {
        return switch (view.plan().mode()) {
            case HELPER -> new StartHelper();
            case WAKE ->
                seen.power() == ViewSeen.Power.OFF ? new Wake() : new Refuse(ErrorCode.VM_NOT_FOUND, "the VM is gone");
            case AS_IS ->
                new Refuse(ErrorCode.VM_BUSY, "the VM was switched off while its view was being opened; try again");
        };
    }

    /**
     * Whether the domain that runs is the run that was started for the view. One that somebody started again or resumed is
     * theirs, whatever state it is in.
     */
    private static boolean weStarted(View view, ViewSeen seen) {
        return switch (view.plan().mode()) {
            case AS_IS -> false;
            case HELPER -> true;
            case WAKE -> asWeStart(seen) && (view.startedId() == View.STARTING || view.startedId() == seen.run());
        };
    }

    /**
     * Whether the domain is as we start one. One whose guest ran somebody else started or resumed, though he may have paused it
     * since: what the guest did is his.
     */
    private static boolean asWeStart(ViewSeen seen) {
        return seen.power() == ViewSeen.Power.PAUSED && seen.fresh();
    }

    private static ViewStep closing(View view, ViewSeen seen) {
        boolean stalled = seen.power() == ViewSeen.Power.STALLED;
        if (seen.job() == ViewSeen.Job.OURS) {
            return stalled && !view.scratchFull() ? new MarkFull() : new AbortJob();
        }
        if (stalled && view.owesResume()) {
            return new Resume();
        }
        if (seen.job() == ViewSeen.Job.NONE && seen.power() == ViewSeen.Power.PAUSED && weStarted(view, seen)) {
            return new StopDomain();
        }
        if (seen.scratchLeft()) {
            return new DeleteScratch();
        }
        return seen.socketLeft() ? new RemoveSocket() : new Done();
    }
}
