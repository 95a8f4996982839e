/** Tests of the vault on a store in memory whose every request can fail. */
@NullMarked
package io.holdfast.vault;

import org.jspecify.annotations.NullMarked;
