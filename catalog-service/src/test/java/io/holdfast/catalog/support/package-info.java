/** What the tests of the whole service stand on. */
@NullMarked
package io.holdfast.catalog.support;

import org.jspecify.annotations.NullMarked;
