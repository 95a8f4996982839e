/** Rows in PostgreSQL. */
@NullMarked
package io.holdfast.snapshot.persistence;

import org.jspecify.annotations.NullMarked;
