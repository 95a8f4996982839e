package io.holdfast.restore.vault;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.restore.app.OpenVault;
import io.holdfast.restore.app.VaultDoor;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.EngineOptions;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.Vault;
import io.holdfast.vault.access.Stores;

/** Opens vaults with the vault engine, on whatever store their URL names. */
public final class EngineDoor implements VaultDoor {

    private static final long LEAST_CACHE = 1 << 20;

    private final EngineOptions options;

    /** {@code cacheBytes}: what one open vault keeps of opened frames, for all its readers together. */
    public EngineDoor(long cacheBytes) {
        var usual = EngineOptions.defaults();
        options = new EngineOptions(
                usual.packBytes(),
                usual.journalBytes(),
                usual.window(),
                usual.cpuThreads(),
                usual.putThreads(),
                Math.max(LEAST_CACHE, cacheBytes),
                usual.clock());
    }

    @Override
    public OpenVault open(VaultAccess access) {
        ObjectStore store = Stores.open(access.url(), access.accessKey(), access.secretKey());
        try (var passphrase = Passphrase.of(access.passphrase())) {
            return known(access, store, Vault.open(store, passphrase, options));
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
