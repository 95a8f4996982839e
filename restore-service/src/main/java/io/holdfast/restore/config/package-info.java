/** Settings and wiring; the only package that knows all others. */
@NullMarked
package io.holdfast.restore.config;

import org.jspecify.annotations.NullMarked;
