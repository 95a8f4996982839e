/** Restore points as the catalog lists them. */
@NullMarked
package io.holdfast.api.point;

import org.jspecify.annotations.NullMarked;
