/** The one queue: what a job is, how a runner leases, renews and ends one. */
@NullMarked
package io.holdfast.api.job;

import org.jspecify.annotations.NullMarked;
