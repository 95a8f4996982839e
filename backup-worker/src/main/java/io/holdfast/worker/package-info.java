/** The backup worker: frozen view, NBD, vault, in the order that docs/architecture.md gives. */
@NullMarked
package io.holdfast.worker;

import org.jspecify.annotations.NullMarked;
