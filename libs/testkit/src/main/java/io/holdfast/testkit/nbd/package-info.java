/** Peers for NBD tests: QEMU's programs, certificates as QEMU wants them. */
@org.jspecify.annotations.NullMarked
package io.holdfast.testkit.nbd;
