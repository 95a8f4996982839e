/**
 * The runner side of the job protocol. {@link io.holdfast.jobs.JobRunner} leases jobs from the catalog, runs each attempt on a
 * virtual thread, renews its lease from elsewhere, and reports its end. Three rules hold whatever happens:
 *
 * <ul>
 *   <li>an attempt whose lease may be over is interrupted, and its result is never sent;
 *   <li>time is measured by this process's monotonic clock, from the moment a renewal was <em>sent</em>: the catalog counts
 *       from a later moment, so the runner always stops first;
 *   <li>a reply may be lost, therefore the end of an attempt is sent again until the lease would be over.
 * </ul>
 */
@NullMarked
package io.holdfast.jobs;

import org.jspecify.annotations.NullMarked;
