package io.holdfast.api.job;

/** Where a job stands. */
public enum JobState {
    /** Waits for a runner, also between attempts. */
    QUEUED,
    /** An attempt holds the lease. */
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether nothing more will happen. */
    public boolean ended() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
