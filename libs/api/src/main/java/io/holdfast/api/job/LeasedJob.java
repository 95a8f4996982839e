package io.holdfast.api.job;

import io.holdfast.api.point.PointHead;
import java.util.List;
import java.util.UUID;

/**
 * A job with the right to run it.
 *
 * @param fencing grows with every attempt of the job; every later write carries it
 * @param leaseSeconds the lease ends this long after it was given or renewed; heartbeat at a third of it
 * @param bases backup only: points an incremental may be read against, newest first
 * @param heads the newest points that the catalog knows in the vault: of the VM for a backup, of every VM for a vault check
 * @param lookOnly the job has failed or was cancelled after an attempt that may have made its point or VM: only look whether
 *     it is there, and succeed with it, or end saying that there is {@code NOTHING}
 */
public record LeasedJob(
        UUID job,
        long fencing,
        int leaseSeconds,
        JobSpec spec,
        List<UUID> bases,
        List<PointHead> heads,
        boolean lookOnly) {

    /** A job that is to be done and compares no chain. */
    public LeasedJob(UUID job, long fencing, int leaseSeconds, JobSpec spec, List<UUID> bases) {
        this(job, fencing, leaseSeconds, spec, bases, List.of(), false);
    }

    /** A job that is to be done. */
    public LeasedJob(UUID job, long fencing, int leaseSeconds, JobSpec spec, List<UUID> bases, List<PointHead> heads) {
        this(job, fencing, leaseSeconds, spec, bases, heads, false);
    }

    /** A job that compares no chain. */
    public LeasedJob(UUID job, long fencing, int leaseSeconds, JobSpec spec, List<UUID> bases, boolean lookOnly) {
        this(job, fencing, leaseSeconds, spec, bases, List.of(), lookOnly);
    }
}
