package io.holdfast.worker.vault;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.EngineOptions;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.VaultOptions;
import io.holdfast.vault.access.Stores;
import io.holdfast.worker.app.OpenVault;
import io.holdfast.worker.app.VaultDoor;

/** Opens vaults with the vault engine, on whatever store their URL names. */
public final class EngineDoor implements VaultDoor {

    private final EngineOptions engine;
    private final VaultOptions fresh;

    /** {@code fresh} is how vaults are made that are not there yet. */
    public EngineDoor(EngineOptions engine, VaultOptions fresh) {
        this.engine = engine;
        this.fresh = fresh;
    }

    @Override
    public OpenVault open(VaultAccess access) {
        return opened(access, Stores.open(access.url(), access.accessKey(), access.secretKey()));
    }

    @Override
    public OpenVault openOrCreate(VaultAccess access) {
        ObjectStore store = Stores.openOrCreate(access.url(), access.accessKey(), access.secretKey());
        if (exists(store)) {
            return opened(access, store);
        }
        try {
            return opened(access, store, create(access, store));
        } catch (VaultException e) {
            // Somebody may have made it in the meantime; anything else that is there is not ours to use.
            if (e.kind() == VaultException.Kind.EXISTS && exists(store)) {
                return opened(access, store);
            }
            store.close();
            throw e;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static boolean exists(ObjectStore store) {
        try {
            return Vault.exists(store);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private Vault create(VaultAccess access, ObjectStore store) {
        try (var passphrase = Passphrase.of(access.passphrase())) {
            return Vault.create(store, passphrase, fresh, engine);
        }
    }

    private OpenVault opened(VaultAccess access, ObjectStore store) {
        try (var passphrase = Passphrase.of(access.passphrase())) {
            return opened(access, store, Vault.open(store, passphrase, engine));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static OpenVault opened(VaultAccess access, ObjectStore store, Vault vault) {
        if (access.formatId() != null && !access.formatId().equals(vault.id())) {
            vault.close();
            throw new ApiException(
                    ErrorCode.VAULT_IS_ANOTHER,
                    "At the place of vault " + access.name() + " there is another vault now: " + vault.id() + ".");
        }
        return new EngineVault(vault, store);
    }
}
