/** Jobs of the catalog that this service runs. */
@NullMarked
package io.holdfast.snapshot.work;

import org.jspecify.annotations.NullMarked;
