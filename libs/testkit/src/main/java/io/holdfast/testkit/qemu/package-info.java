/**
 * A libvirt of one's own and the small real guest, per test class.
 *
 * <p>Who uses it names {@code holdfast-guest} in its own pom too (test scope): testkit's dependency on it is optional, so that
 * modules without virtual machines do not get it.
 */
@NullMarked
package io.holdfast.testkit.qemu;

import org.jspecify.annotations.NullMarked;
