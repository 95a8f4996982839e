/**
 * The test guest and its libvirt.
 *
 * <p>{@link io.holdfast.local.guest.GuestImage} makes kernel, initramfs and disks; {@link io.holdfast.local.guest.OwnLibvirt}
 * runs a libvirt daemon that shares nothing with the user's; {@link io.holdfast.local.guest.Virsh} defines, starts and ends
 * domains there, on a path independent of the driver under test; {@link io.holdfast.local.guest.Console} reads what a guest says.
 */
@NullMarked
package io.holdfast.local.guest;

import org.jspecify.annotations.NullMarked;
