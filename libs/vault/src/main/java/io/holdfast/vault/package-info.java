/**
 * The vault: restore points of virtual machines as write-once, sealed objects. {@code docs/vault-format.md} is the format.
 *
 * <p>{@link io.holdfast.vault.Vault} is the way in; a {@link io.holdfast.vault.BackupSession} writes one point, a
 * {@link io.holdfast.vault.PointReader} reads one. Failures are {@link io.holdfast.vault.VaultException}, or
 * {@link io.holdfast.storage.StorageException} when the store itself fails. Types of the sub-packages are internal.
 */
@NullMarked
package io.holdfast.vault;

import org.jspecify.annotations.NullMarked;
