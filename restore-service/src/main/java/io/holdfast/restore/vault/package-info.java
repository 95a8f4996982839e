/** Vaults of the catalog, opened with the vault engine. */
@NullMarked
package io.holdfast.restore.vault;

import org.jspecify.annotations.NullMarked;
