package io.holdfast.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * An attempt's end. {@code SUCCEEDED} carries a result; {@code FAILED} a code, and the catalog decides from it whether there
 * is another attempt; {@code CANCELLED} answers a cancel request; {@code RELEASED} hands the job back unharmed (drain).
 * Idempotent for the same fencing number.
 *
 * @param result for a backup: the {@code PointInfo} that was committed, and beside its fields {@code moment}, the frozen
 *     moment it was read from
 */
public record JobEnd(
        @Positive long fencing,
        @NotNull Outcome outcome,
        @Nullable String errorCode,
        @Nullable @Size(max = 4000) String error,
        @Nullable JsonNode result) {

    /** How the attempt ended. */
    public enum Outcome {
        SUCCEEDED,
        FAILED,
        CANCELLED,
        RELEASED
    }
}
