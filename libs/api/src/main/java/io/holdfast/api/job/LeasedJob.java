package io.holdfast.api.job;

import java.util.List;
import java.util.UUID;

/**
 * A job with the right to run it.
 *
 * @param fencing grows with every attempt of the job; every later write carries it
 * @param leaseSeconds the lease ends this long after it was given or renewed; heartbeat at a third of it
 * @param bases backup only: points an incremental may be read against, newest first
 * @param lookOnly the job has failed or was cancelled after an attempt that may have made its point or VM: only look whether
 *     it is there, and succeed with it, or end saying that there is {@code NOTHING}
 */
public record LeasedJob(UUID job, long fencing, int leaseSeconds, JobSpec spec, List<UUID> bases, boolean lookOnly) {

    /** A job that is to be done. */
    public LeasedJob(UUID job, long fencing, int leaseSeconds, JobSpec spec, List<UUID> bases) {
        this(job, fencing, leaseSeconds, spec, bases, false);
    }
}
