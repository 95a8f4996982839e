/** Reads NBD exports, for checks. */
@NullMarked
package io.holdfast.snapshot.nbd;

import org.jspecify.annotations.NullMarked;
