/** Tests of the driver's parts that need no running service. */
@NullMarked
package io.holdfast.snapshot.libvirt;

import org.jspecify.annotations.NullMarked;
