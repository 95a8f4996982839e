/** Rules of the catalog: what a job locks, when it is tried again, what its end means. Knows no framework and no database. */
@NullMarked
package io.holdfast.catalog.domain;

import org.jspecify.annotations.NullMarked;
