/** The restore service: served points, and restore jobs that fill targets from them. */
@NullMarked
package io.holdfast.restore;

import org.jspecify.annotations.NullMarked;
