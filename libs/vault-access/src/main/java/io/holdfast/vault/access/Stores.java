package io.holdfast.vault.access;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.minio.ObjectStores;
import io.holdfast.storage.minio.StoreOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The store that a vault's URL names. Error: {@code vault-url-invalid} for a URL that is none, and for S3 without keys; what the
 * store itself says is a {@link io.holdfast.storage.StorageException}.
 */
public final class Stores {

    /** The store, which has to be there. */
    public static ObjectStore open(String url, @Nullable String accessKey, @Nullable String secretKey) {
        return open(url, credentials(accessKey, secretKey), false);
    }

    /** The store; a directory is made when it is not there, a bucket never. */
    public static ObjectStore openOrCreate(String url, @Nullable String accessKey, @Nullable String secretKey) {
        return open(url, credentials(accessKey, secretKey), true);
    }

    private static ObjectStore open(String named, Optional<Credentials> credentials, boolean makeDirectory) {
        try {
            ObjectStoreUrl url = ObjectStoreUrl.parse(named);
            StoreOptions options = StoreOptions.standard();
            boolean directory = url instanceof ObjectStoreUrl.Directory;
            return ObjectStores.open(url, credentials, directory && makeDirectory ? options.creating() : options);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.VAULT_URL_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<Credentials> credentials(@Nullable String accessKey, @Nullable String secretKey) {
        return accessKey == null || secretKey == null
                ? Optional.empty()
                : Optional.of(new Credentials(accessKey, secretKey));
    }

    private Stores() {}
}
