/** Frozen views: a consistent read-only view of all disks of a VM, served over NBD while a backup reads it. */
@NullMarked
package io.holdfast.api.view;

import org.jspecify.annotations.NullMarked;
