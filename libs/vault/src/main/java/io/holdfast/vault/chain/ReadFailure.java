package io.holdfast.vault.chain;

import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.crypto.Header;
import io.holdfast.vault.format.Keys;

/** Tells an object that cannot be read, which is damage of that object, from a store that does not answer, which passes. */
public final class ReadFailure {

    private ReadFailure() {}

    /**
     * Whether the failure is the object's own: the store reads the vault's header right afterwards. That is asked once: a store
     * that comes back only after a while failed itself.
     */
    public static boolean isOfObject(ObjectStore store, StorageException failure) {
        return switch (failure.kind()) {
            case UNAVAILABLE, NOT_TAKEN, CORRUPT_REPLY, OTHER -> answers(store);
            case NOT_FOUND, NO_SUCH_STORE, DENIED, RANGE, TOO_LARGE, FULL, CANCELLED -> false;
        };
    }

    private static boolean answers(ObjectStore store) {
        try {
            return store.getOnce(Keys.HEADER, Header.SIZE).isPresent();
        } catch (StorageException e) {
            return false;
        }
    }
}
