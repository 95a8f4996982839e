package io.holdfast.snapshot.domain;

import io.holdfast.api.source.SourceCredentials;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A hypervisor connection.
 *
 * @param nbd {@code unix} or {@code tls}
 * @param scratchLimitBytes opt-out of full reservation, in bytes for one view; absent: reserve everything
 * @param credentials in the clear; its text shows none of them
 * @param locked whether it has credentials that cannot be read: they were sealed with another key
 * @param state {@code unchecked}, {@code ok} or {@code unreachable}
 */
public record Source(
        UUID id,
        String name,
        String uri,
        String driver,
        @Nullable String scratchPool,
        @Nullable Long scratchLimitBytes,
        String nbd,
        String state,
        @Nullable String detail,
        Instant createdAt,
        @Nullable SourceCredentials credentials,
        boolean locked) {}
