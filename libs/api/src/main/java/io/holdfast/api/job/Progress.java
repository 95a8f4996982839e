package io.holdfast.api.job;

import org.jspecify.annotations.Nullable;

/**
 * How far an attempt is.
 *
 * @param phase a word for people, {@code read}
 * @param doneBytes of {@code totalBytes}; both 0 when the phase has no bytes
 * @param bytesPerSecond over the last seconds, filled in by the catalog
 * @param etaSeconds filled in by the catalog when it can be told
 */
public record Progress(
        String phase,
        long doneBytes,
        long totalBytes,
        @Nullable String detail,
        @Nullable Long bytesPerSecond,
        @Nullable Long etaSeconds) {

    /** What a runner reports. */
    public static Progress of(String phase, long doneBytes, long totalBytes) {
        return new Progress(phase, doneBytes, totalBytes, null, null, null);
    }
}
