/** Keys, key slots, sealing and block identity. Internal to the vault. */
@NullMarked
package io.holdfast.vault.crypto;

import org.jspecify.annotations.NullMarked;
