package io.holdfast.worker.vault;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.minio.ObjectStores;
import io.holdfast.storage.minio.StoreOptions;
import java.util.Optional;

/** The store that a vault's URL names. */
final class Stores {

    /** The store, which has to be there. */
    static ObjectStore open(VaultAccess access) {
        return open(access, StoreOptions.standard());
    }

    /** The store; a directory is made when it is not there, a bucket never: it has an owner and rules of its own. */
    static ObjectStore openOrCreate(VaultAccess access) {
        boolean directory = url(access) instanceof ObjectStoreUrl.Directory;
        return open(access, directory ? StoreOptions.standard().creating() : StoreOptions.standard());
    }

    private static ObjectStore open(VaultAccess access, StoreOptions options) {
        return ObjectStores.open(url(access), credentials(access), options);
    }

    private static ObjectStoreUrl url(VaultAccess access) {
        try {
            return ObjectStoreUrl.parse(access.url());
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.VAULT_URL_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<Credentials> credentials(VaultAccess access) {
        String accessKey = access.accessKey();
        String secretKey = access.secretKey();
        if (accessKey == null || secretKey == null) {
            return Optional.empty();
        }
        return Optional.of(new Credentials(accessKey, secretKey));
    }

    private Stores() {}
}
