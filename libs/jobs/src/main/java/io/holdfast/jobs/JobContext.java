package io.holdfast.jobs;

import io.holdfast.api.job.Progress;

/** What a running attempt can ask and tell. Thread-safe. */
public interface JobContext {

    /** How far the attempt is; the latest one is sent with the next heartbeat, which it brings forward. Never blocks. */
    void progress(Progress progress);

    /** Whether somebody asked for the job to end. The attempt's thread is interrupted as well. */
    boolean cancelRequested();

    /** The attempt's fencing number; every write elsewhere carries it. */
    long fencing();

    /**
     * Called once, on a thread of its own, when the lease is lost: for closing what an interrupt does not end. Called at once
     * when the lease is lost already; never called for an attempt that has ended.
     */
    void onLeaseLost(Runnable action);
}
