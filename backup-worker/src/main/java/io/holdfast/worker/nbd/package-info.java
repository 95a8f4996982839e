/** Disks of frozen views, read over NBD. */
@NullMarked
package io.holdfast.worker.nbd;

import org.jspecify.annotations.NullMarked;
