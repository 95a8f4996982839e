package io.holdfast.api.job;

import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;

/** Renews the lease and says how far the attempt is. */
public record Heartbeat(@Positive long fencing, @Nullable Progress progress) {

    /** The answer: whether somebody asked for the job to end. */
    public record Reply(int leaseSeconds, boolean cancelRequested) {}
}
