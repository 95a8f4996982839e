/** Tests on real libvirt, real QEMU, real PostgreSQL. */
@NullMarked
package io.holdfast.snapshot;

import org.jspecify.annotations.NullMarked;
