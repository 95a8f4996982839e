/**
 * The catalog's REST from the outside: {@link io.holdfast.cli.http.CatalogClient} with its deadlines, retries and bounds,
 * and where the catalog and its token are found.
 */
@NullMarked
package io.holdfast.cli.http;

import org.jspecify.annotations.NullMarked;
