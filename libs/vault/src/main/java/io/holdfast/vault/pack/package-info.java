/** Packs: building one, opening frames of one. Internal to the vault. */
@NullMarked
package io.holdfast.vault.pack;

import org.jspecify.annotations.NullMarked;
