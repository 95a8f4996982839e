package io.holdfast.storage.minio;

import io.holdfast.storage.Credentials;
import io.holdfast.storage.MeasuredObjectStore;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.RetryingObjectStore;
import io.holdfast.storage.directory.DirectoryObjectStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Opens the store that a URL names, as measured(retrying(store)). */
public final class ObjectStores {
    private ObjectStores() {}

    /**
     * Opens a store. A directory is looked at now; an S3 server is asked nothing before the first request, unless the
     * bucket is to be made.
     *
     * @param credentials needed for S3, unused for a directory
     * @throws io.holdfast.storage.StorageException when the directory is absent, or making it or the bucket failed
     * @throws IllegalArgumentException when S3 is named without credentials
     */
    public static ObjectStore open(ObjectStoreUrl url, Optional<Credentials> credentials, StoreOptions options) {
        ObjectStore store = switch (url) {
            case ObjectStoreUrl.Directory directory -> directory(directory, options);
            case ObjectStoreUrl.S3 s3 -> s3(s3, needed(credentials), options);
        };
        ObjectStore retrying =
                new RetryingObjectStore(store, options.retry(), options.clock(), RandomGenerator.getDefault());
        return new MeasuredObjectStore(retrying, options.listener(), options.clock());
    }

    private static ObjectStore directory(ObjectStoreUrl.Directory url, StoreOptions options) {
        InstantSource clock = InstantSource.system();
        return options.createIfAbsent()
                ? DirectoryObjectStore.create(url.path(), clock)
                : DirectoryObjectStore.open(url.path(), clock);
    }

    private static ObjectStore s3(ObjectStoreUrl.S3 url, Credentials credentials, StoreOptions options) {
        MinioObjectStore store = MinioObjectStore.open(url, credentials, options.connection());
        if (options.createIfAbsent()) {
            try {
                store.createBucketIfAbsent();
            } catch (RuntimeException e) {
                store.close();
                throw e;
            }
        }
        return store;
    }

    private static Credentials needed(Optional<Credentials> credentials) {
        return credentials.orElseThrow(
                () -> new IllegalArgumentException("An S3 vault needs an access key and a secret key."));
    }
}
