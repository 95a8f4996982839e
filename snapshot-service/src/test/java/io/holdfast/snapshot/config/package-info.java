/** Tests of the wiring's own parts that need no running service. */
@NullMarked
package io.holdfast.snapshot.config;

import org.jspecify.annotations.NullMarked;
