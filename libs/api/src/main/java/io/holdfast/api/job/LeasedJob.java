package io.holdfast.api.job;

import java.util.List;
import java.util.UUID;

/**
 * A job with the right to run it.
 *
 * @param fencing grows with every attempt of the job; every later write carries it
 * @param leaseSeconds the lease ends this long after it was given or renewed; heartbeat at a third of it
 * @param bases backup only: points an incremental may be read against, newest first
 */
public record LeasedJob(UUID job, long fencing, int leaseSeconds, JobSpec spec, List<UUID> bases) {}
