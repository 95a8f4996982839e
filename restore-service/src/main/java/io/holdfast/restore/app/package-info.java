/** The restore job, served points, and the ports they need. */
@NullMarked
package io.holdfast.restore.app;

import org.jspecify.annotations.NullMarked;
