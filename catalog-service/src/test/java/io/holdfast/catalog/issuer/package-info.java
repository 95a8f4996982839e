/** The built-in issuer with a clock in hand. */
@NullMarked
package io.holdfast.catalog.issuer;

import org.jspecify.annotations.NullMarked;
