/** Typed settings, wiring, start-up checks and the periodic work. */
@NullMarked
package io.holdfast.catalog.config;

import org.jspecify.annotations.NullMarked;
