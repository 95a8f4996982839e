/** Where served points are offered. */
@NullMarked
package io.holdfast.restore.nbd;

import org.jspecify.annotations.NullMarked;
