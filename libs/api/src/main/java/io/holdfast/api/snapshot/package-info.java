/** Snapshots: points in a disk chain on the hypervisor. */
@NullMarked
package io.holdfast.api.snapshot;

import org.jspecify.annotations.NullMarked;
