/** How a vault and the disks that go into it are reached: what services and command line share. */
@NullMarked
package io.holdfast.vault.access;

import org.jspecify.annotations.NullMarked;
