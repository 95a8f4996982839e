package io.holdfast.vault.chain;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import java.util.Arrays;
import java.util.Optional;

/** Put-if-absent that finds out what a lost reply hid. */
public final class WriteOnce {

    private static final int TRIES = 3;

    private WriteOnce() {}

    /**
     * Stores {@code object}.
     *
     * @return true when it is there with these bytes, whoever's reply was lost; false when the key holds something else
     * @throws StorageException retryable when the outcome stays unknown; else nothing was stored
     */
    public static boolean put(ObjectStore store, ObjectKey key, byte[] object) {
        boolean unknown = false;
        for (int attempt = 1; ; attempt++) {
            try {
                if (store.putIfAbsent(key, object) == PutResult.CREATED) {
                    return true;
                }
                Optional<byte[]> there = read(store, key, object.length);
                if (there.isPresent()) {
                    return Arrays.equals(there.get(), object);
                }
            } catch (StorageException e) {
                // Waiting between tries is the retrying store's business; here it is about learning the outcome.
                boolean cancelled = e.kind() == StorageException.Kind.CANCELLED;
                if (unknown && !cancelled && !e.kind().retryable()) {
                    // An earlier try may have stored it: that this one was refused says nothing about that.
                    throw new StorageException(StorageException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
                }
                if (attempt == TRIES || !e.kind().retryable()) {
                    throw e;
                }
                unknown |= e.kind().leavesDoubt();
            }
            if (attempt == TRIES) {
                return false;
            }
        }
    }

    /** The object, empty bytes when it is longer than {@code most}, or empty when there is none. */
    public static Optional<byte[]> read(ObjectStore store, ObjectKey key, int most) {
        try {
            return store.get(key, most);
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.TOO_LARGE) {
                return Optional.of(new byte[0]);
            }
            throw e;
        }
    }
}
