package io.holdfast.catalog.domain;

import io.holdfast.api.job.JobEnd.Outcome;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What becomes of a job when an attempt ends. A pure rule. */
public sealed interface Verdict {

    /** The job has ended. */
    record Final(
            JobState state,
            @Nullable ErrorCode code,
            @Nullable String error) implements Verdict {}

    /** The job waits for another attempt, keeping its locks. */
    record Again(
            boolean strike,
            Duration delay,
            @Nullable ErrorCode code,
            @Nullable String error) implements Verdict {}

    /** After the runner's own word. */
    static Verdict of(Job job, Outcome outcome, ErrorCode code, String error, Backoff backoff) {
        return switch (outcome) {
            case SUCCEEDED -> new Final(JobState.SUCCEEDED, null, null);
            case CANCELLED -> cancelled();
            case RELEASED -> job.cancelRequested() ? cancelled() : new Again(false, Duration.ZERO, null, null);
            case FAILED ->
                RetryRule.retries(code) ? struck(job, code, error, backoff) : new Final(JobState.FAILED, code, error);
        };
    }

    /** After a lease that ended without a word. */
    static Verdict ofExpiry(Job job, Backoff backoff) {
        return struck(
                job,
                ErrorCode.LEASE_LOST,
                "The runner " + job.leaseOwner() + " stopped reporting and its lease ended.",
                backoff);
    }

    private static Verdict struck(Job job, ErrorCode code, String error, Backoff backoff) {
        if (job.cancelRequested()) {
            return cancelled();
        }
        int strikes = job.strikes() + 1;
        if (strikes >= job.maxAttempts()) {
            return new Final(
                    JobState.FAILED,
                    ErrorCode.JOB_ATTEMPTS_EXHAUSTED,
                    strikes + " attempts failed; the last one: " + code.wire() + ": " + error);
        }
        return new Again(true, backoff.after(strikes), code, error);
    }

    private static Final cancelled() {
        return new Final(JobState.CANCELLED, ErrorCode.JOB_CANCELLED, "The job was cancelled.");
    }
}
