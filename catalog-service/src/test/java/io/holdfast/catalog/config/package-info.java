/** Start-up checks. */
@NullMarked
package io.holdfast.catalog.config;

import org.jspecify.annotations.NullMarked;
