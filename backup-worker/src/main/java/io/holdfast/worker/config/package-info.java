/** Settings and wiring; the only package that knows all others. */
@NullMarked
package io.holdfast.worker.config;

import org.jspecify.annotations.NullMarked;
