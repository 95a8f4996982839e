/** Vault records: added, checked, opened by workers, forgotten. */
@NullMarked
package io.holdfast.catalog.app.vault;

import org.jspecify.annotations.NullMarked;
