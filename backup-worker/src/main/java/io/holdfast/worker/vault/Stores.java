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
        return open(access, false);
    }

    /** The store; a directory is made when it is not there, a bucket never. */
    static ObjectStore openOrCreate(VaultAccess access) {
        return open(access, true);
    }

    private static ObjectStore open(VaultAccess access, boolean makeDirectory) {
        try {
            ObjectStoreUrl url = ObjectStoreUrl.parse(access.url());
            StoreOptions options = StoreOptions.standard();
            boolean directory = url instanceof ObjectStoreUrl.Directory;
            return ObjectStores.open(
                    url, credentials(access), directory && makeDirectory ? options.creating() : options);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.VAULT_URL_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<Credentials> credentials(VaultAccess access) {
        String user = access.accessKey();
        String secret = access.secretKey();
        return user == null || secret == null ? Optional.empty() : Optional.of(new Credentials(user, secret));
    }

    private Stores() {}
}
