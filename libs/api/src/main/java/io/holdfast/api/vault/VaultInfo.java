package io.holdfast.api.vault;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A vault as it is listed; no secret.
 *
 * @param id the catalog's own id of the record, which also names checkpoints
 * @param formatId the id written in the vault itself; absent until a worker has opened it
 * @param state {@code adding}, {@code ok}, {@code failed} or {@code unreachable}
 */
public record VaultInfo(
        UUID id,
        String name,
        String url,
        @Nullable String formatId,
        String state,
        @Nullable String detail,
        long points,
        long storedBytes,
        Instant createdAt) {}
