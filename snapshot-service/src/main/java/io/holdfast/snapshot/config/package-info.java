/** Wiring and configuration. */
@NullMarked
package io.holdfast.snapshot.config;

import org.jspecify.annotations.NullMarked;
