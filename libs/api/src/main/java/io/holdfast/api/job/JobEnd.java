package io.holdfast.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.Text;
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
 *     moment it was read from; for a vault check: {@code VaultChecked}, for a collection {@code VaultCollected}
 * @param made what the attempt knows of a job that ended badly; unsaid is {@code PERHAPS}
 */
public record JobEnd(
        @Positive long fencing,
        @NotNull Outcome outcome,
        @Nullable String errorCode,
        @Nullable @Size(max = 4000) String error,
        @Nullable @Text JsonNode result,
        @Nullable Made made) {

    /** An end that says nothing of what was made. */
    public JobEnd(
            long fencing,
            Outcome outcome,
            @Nullable String errorCode,
            @Nullable String error,
            @Nullable JsonNode result) {
        this(fencing, outcome, errorCode, error, result, null);
    }

    /** Whether what the job makes (a committed point, a finished target) may be there although the attempt did not succeed. */
    public enum Made {
        /** The attempt looked: no attempt has made it, and this one did not begin to. */
        NOTHING,
        /** This attempt did not begin to; it does not know of earlier ones. */
        NOTHING_BY_THIS_ATTEMPT,
        /** It may be there. */
        PERHAPS
    }

    /** How the attempt ended. */
    public enum Outcome {
        SUCCEEDED,
        FAILED,
        CANCELLED,
        RELEASED
    }
}
