package io.holdfast.jobs;

import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.Progress;

/** What a running attempt can ask and tell. Thread-safe. */
public interface JobContext {

    /** How far the attempt is; the latest one is sent with the next heartbeat, which it brings forward. Never blocks. */
    void progress(Progress progress);

    /** Whether somebody asked for the job to end. The attempt's thread is interrupted as well. */
    boolean cancelRequested();

    /**
     * Goes on while the attempt may. Asked before every step that cannot be taken back, and in every loop that tries again:
     * an interrupt may have been swallowed by whatever was called (a REST client takes it for a broken connection).
     *
     * @throws InterruptedException when the attempt was stopped or its lease is over
     */
    void check() throws InterruptedException;

    /**
     * Notes what is known of the point or VM that the job makes, for an end that is not a success. At first: nothing by this
     * attempt. To be called with {@code PERHAPS} <em>before</em> the step that makes it.
     */
    void made(JobEnd.Made made);

    /** The attempt's fencing number; every write elsewhere carries it. */
    long fencing();

    /**
     * Called once, on a thread of its own, when the lease is lost: for closing what an interrupt does not end. Called at once
     * when the lease is lost already; never called for an attempt that has ended.
     */
    void onLeaseLost(Runnable action);
}
