package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.direct.DirectVerb.Place;
import io.holdfast.cli.output.Report;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.EngineOptions;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.VaultOptions;
import io.holdfast.vault.access.Stores;
import io.holdfast.vault.format.Keys;
import java.util.function.Function;

/** A vault together with its store. */
record OpenedVault(Vault vault, ObjectStore store) implements AutoCloseable {

    /** Frames that readers keep: all threads of a restore share them. */
    private static final int MOST_HEADER = 4096;

    private static final long CACHE = 64 << 20;

    static OpenedVault open(Place place) {
        ObjectStore store =
                Stores.open(place.url(), place.keys().accessKey(), place.keys().secretKey());
        return with(store, s -> {
            warnOfSilence(s, place.report());
            return Vault.open(s, place.secret(), engine());
        });
    }

    /** A store that is away is asked again for minutes: whoever waits should know. */
    private static void warnOfSilence(ObjectStore store, Report report) {
        try {
            store.getOnce(Keys.HEADER, MOST_HEADER);
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.UNAVAILABLE) {
                report.note("The vault does not answer (" + e.getMessage() + "): trying for up to two minutes.");
            }
        }
    }

    /** Error: {@code vault-exists} when there is a vault, or anything else, at that place. */
    static OpenedVault create(Place place) {
        ObjectStore store = Stores.openOrCreate(
                place.url(), place.keys().accessKey(), place.keys().secretKey());
        try {
            return with(store, s -> Vault.create(s, place.secret(), VaultOptions.defaults(), engine()));
        } catch (VaultException e) {
            throw e.kind() == VaultException.Kind.EXISTS
                    ? new ApiException(ErrorCode.VAULT_EXISTS, "Nothing was made: " + e.getMessage() + ".", e)
                    : e;
        }
    }

    private static OpenedVault with(ObjectStore store, Function<ObjectStore, Vault> open) {
        try {
            return new OpenedVault(open.apply(store), store);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static EngineOptions engine() {
        EngineOptions usual = EngineOptions.defaults();
        return new EngineOptions(
                usual.packBytes(),
                usual.journalBytes(),
                usual.window(),
                usual.cpuThreads(),
                usual.putThreads(),
                CACHE,
                usual.clock());
    }

    @Override
    public void close() {
        try {
            vault.close();
        } finally {
            store.close();
        }
    }
}
