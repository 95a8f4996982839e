/** The closed vocabulary of errors. */
@NullMarked
package io.holdfast.api.problem;

import org.jspecify.annotations.NullMarked;
