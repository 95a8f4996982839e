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
 */
public record LeasedJob(
        UUID job, long fencing, int leaseSeconds, JobSpec spec, List<UUID> bases, List<PointHead> heads) {

    /** A job that compares no chain. */
    public LeasedJob(UUID job, long fencing, int leaseSeconds, JobSpec spec, List<UUID> bases) {
        this(job, fencing, leaseSeconds, spec, bases, List.of());
    }
}
