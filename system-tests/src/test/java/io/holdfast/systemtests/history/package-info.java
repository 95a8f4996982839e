/**
 * What a restore point holds is what the disk held: the suite as processes, a libvirt of its own, virtual machines without an
 * operating system whose disks QEMU itself writes at random, and restored disks compared byte for byte with copies that
 * qemu-img made while nothing moved.
 *
 * <p>{@link io.holdfast.systemtests.history.Ground} is where it happens, one per run of the tests.
 */
@NullMarked
package io.holdfast.systemtests.history;

import org.jspecify.annotations.NullMarked;
