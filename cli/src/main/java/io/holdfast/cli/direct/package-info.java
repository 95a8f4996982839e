/** {@code holdfast direct}: work on a vault with no service running. */
@NullMarked
package io.holdfast.cli.direct;

import org.jspecify.annotations.NullMarked;
