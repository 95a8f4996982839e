package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;

/** Shows jobs while somebody waits for them. Thread-safe. */
public sealed interface ProgressView permits LiveProgress, PlainProgress {

    /** Tells how a job is now. */
    void update(String label, JobInfo job);

    /** Prints a line that stays, whatever is shown of jobs meanwhile or later. */
    void say(String line);
}
