/** The built-in token issuer: key, tokens, JWKS. */
@NullMarked
package io.holdfast.catalog.issuer;

import org.jspecify.annotations.NullMarked;
