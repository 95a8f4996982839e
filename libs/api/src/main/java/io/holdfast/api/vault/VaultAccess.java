package io.holdfast.api.vault;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What opens a vault: only for role {@code worker}, never logged. */
public record VaultAccess(
        UUID id,
        String name,
        String url,
        @Nullable String formatId,
        @Nullable String accessKey,
        @Nullable String secretKey,
        String passphrase) {
    @Override
    public String toString() {
        return "VaultAccess[" + name + "]";
    }
}
