package io.holdfast.worker.app;

import io.holdfast.api.vault.VaultAccess;

/**
 * The way into a vault. Failures are {@link io.holdfast.api.problem.ApiException}, and
 * {@link io.holdfast.vault.VaultException} or {@link io.holdfast.storage.StorageException} from the vault itself.
 */
public interface VaultDoor {

    /** Opens the vault; one with another id than the catalog knows is refused with {@code vault-is-another}. */
    OpenVault open(VaultAccess access);

    /** Makes the vault where there is nothing, opens the one that is there, refuses a place that holds something else. */
    OpenVault openOrCreate(VaultAccess access);
}
