/** The libvirt/QEMU driver: the five ports over org.libvirt, every call on a bounded thread with a deadline. */
@NullMarked
package io.holdfast.snapshot.libvirt;

import org.jspecify.annotations.NullMarked;
