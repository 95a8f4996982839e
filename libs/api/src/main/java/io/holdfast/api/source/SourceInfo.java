package io.holdfast.api.source;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A source as it is listed; no credential.
 *
 * @param state {@code unchecked}, {@code ok} or {@code unreachable}, from the last contact
 * @param detail what the last contact said, for people
 */
public record SourceInfo(
        UUID id,
        String name,
        String uri,
        String driver,
        @Nullable String scratchPool,
        @Nullable Long scratchLimitBytes,
        String nbd,
        String state,
        @Nullable String detail,
        Instant createdAt) {}
