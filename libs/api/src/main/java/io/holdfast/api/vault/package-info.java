/** Vault records and what opens a vault. */
@NullMarked
package io.holdfast.api.vault;

import org.jspecify.annotations.NullMarked;
