/** Tests on the suite as a whole: real processes, real PostgreSQL, real QEMU, S3 over HTTP. */
@NullMarked
package io.holdfast.systemtests;

import org.jspecify.annotations.NullMarked;
