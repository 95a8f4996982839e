package io.holdfast.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as people see it.
 *
 * @param subject the VM's, vault's or source's name
 * @param attempt number of the current or last attempt, 0 before the first
 * @param cancelRequested somebody asked for its end; it ends when its runner has stopped, or has looked whether it was done
 * @param errorCode wire form of the code of the last failed attempt, or of the job
 * @param result what it made; its shape depends on the kind
 */
public record JobInfo(
        UUID id,
        JobKind kind,
        JobState state,
        String subject,
        @Nullable String source,
        @Nullable String vm,
        int attempt,
        boolean cancelRequested,
        @Nullable Progress progress,
        @Nullable String errorCode,
        @Nullable String error,
        @Nullable JsonNode result,
        String createdBy,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt) {}
