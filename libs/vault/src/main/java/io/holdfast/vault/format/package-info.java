/** Byte layouts of docs/vault-format.md: codecs only, no I/O. Internal to the vault. */
@NullMarked
package io.holdfast.vault.format;

import org.jspecify.annotations.NullMarked;
