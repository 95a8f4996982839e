package io.holdfast.restore.vault;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.restore.app.OpenVault;
import io.holdfast.restore.app.VaultDoor;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.Vault;

/** Opens vaults with the vault engine, on whatever store their URL names. */
public final class EngineDoor implements VaultDoor {

    @Override
    public OpenVault open(VaultAccess access) {
        ObjectStore store = Stores.open(access);
        try (var passphrase = Passphrase.of(access.passphrase())) {
            return known(access, store, Vault.open(store, passphrase));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static OpenVault known(VaultAccess access, ObjectStore store, Vault vault) {
        if (access.formatId() != null && !access.formatId().equals(vault.id())) {
            vault.close();
            throw new ApiException(
                    ErrorCode.VAULT_IS_ANOTHER,
                    "At the place of vault " + access.name() + " there is another vault now: " + vault.id() + ".");
        }
        return new EngineVault(vault, store);
    }
}
