package io.holdfast.storage.minio;

import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.RetryPolicy;
import io.holdfast.storage.StorageListener;

/**
 * How {@link ObjectStores} opens a store.
 *
 * @param createIfAbsent whether to make the bucket or directory; without it an absent one is an error, because a vault
 *     that is suddenly empty is a loss, not a beginning
 * @param connection for S3
 * @param retry how failures are tried again
 * @param listener hears of every request
 * @param clock for pauses and measurements
 */
public record StoreOptions(
        boolean createIfAbsent,
        ConnectionOptions connection,
        RetryPolicy retry,
        StorageListener listener,
        MonotonicClock clock) {

    /** An existing store, the usual patience, nobody listens. */
    public static StoreOptions standard() {
        return new StoreOptions(
                false,
                ConnectionOptions.standard(),
                RetryPolicy.standard(),
                StorageListener.NONE,
                MonotonicClock.system());
    }

    /** The same, and the bucket or directory is made when absent. */
    public StoreOptions creating() {
        return new StoreOptions(true, connection, retry, listener, clock);
    }

    /** The same with another connection. */
    public StoreOptions withConnection(ConnectionOptions other) {
        return new StoreOptions(createIfAbsent, other, retry, listener, clock);
    }

    /** The same with other patience. */
    public StoreOptions withRetry(RetryPolicy other) {
        return new StoreOptions(createIfAbsent, connection, other, listener, clock);
    }

    /** The same with a listener. */
    public StoreOptions withListener(StorageListener other) {
        return new StoreOptions(createIfAbsent, connection, retry, other, clock);
    }
}
