/** Vaults of the catalog, opened with the vault engine. */
@NullMarked
package io.holdfast.worker.vault;

import org.jspecify.annotations.NullMarked;
