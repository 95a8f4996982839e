/** The rules alone, in milliseconds. */
@NullMarked
package io.holdfast.catalog.domain;

import org.jspecify.annotations.NullMarked;
