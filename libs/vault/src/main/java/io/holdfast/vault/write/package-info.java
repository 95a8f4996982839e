/** The pipeline of a backup: read, hash, compare, compress, seal, pack, put. Internal to the vault. */
@NullMarked
package io.holdfast.vault.write;

import org.jspecify.annotations.NullMarked;
