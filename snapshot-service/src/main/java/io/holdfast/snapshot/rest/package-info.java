/** The service's REST face. */
@NullMarked
package io.holdfast.snapshot.rest;

import org.jspecify.annotations.NullMarked;
