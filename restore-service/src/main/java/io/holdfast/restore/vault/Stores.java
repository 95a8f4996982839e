package io.holdfast.restore.vault;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.directory.DirectoryObjectStore;
import java.time.InstantSource;

/** The store that a vault's URL names. */
final class Stores {

    /** The store, which has to be there. */
    static ObjectStore open(VaultAccess access) {
        return switch (url(access)) {
            case ObjectStoreUrl.Directory directory ->
                DirectoryObjectStore.open(directory.path(), InstantSource.system());
            case ObjectStoreUrl.S3 _ -> throw notYet();
        };
    }

    private static ObjectStoreUrl url(VaultAccess access) {
        try {
            return ObjectStoreUrl.parse(access.url());
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.VAULT_URL_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static ApiException notYet() {
        return new ApiException(ErrorCode.NOT_IMPLEMENTED, "Object storage over S3 is not wired yet.");
    }

    private Stores() {}
}
