package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;

/** Shows jobs while somebody waits for them. Thread-safe. */
public sealed interface ProgressView permits LiveProgress, PlainProgress {

    /** Tells how a job is now. */
    void update(String label, JobInfo job);
}
