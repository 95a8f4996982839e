/** PostgreSQL: tables, their SQL as text blocks, sealed columns. */
@NullMarked
package io.holdfast.catalog.persistence;

import org.jspecify.annotations.NullMarked;
