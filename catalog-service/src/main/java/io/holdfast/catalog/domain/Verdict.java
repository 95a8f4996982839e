package io.holdfast.catalog.domain;

import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobEnd.Made;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What becomes of a job when an attempt ends or somebody cancels it. A pure rule. */
public sealed interface Verdict {

    /** So much more read or filled than at the last strike is progress: minutes of work on a slow link. */
    long PROGRESS_BYTES = 4L << 30;

    /** The job has ended. */
    record Final(
            JobState state,
            @Nullable ErrorCode code,
            @Nullable String error) implements Verdict {}

    /** The job has ended as it was to end, although nobody could look whether it had not succeeded after all. */
    record Unseen(JobState state) implements Verdict {}

    /** The job ends like this unless a last attempt, which only looks, finds that it had succeeded. */
    record Look(Final otherwise) implements Verdict {}

    /**
     * The job waits for another attempt, keeping its locks.
     *
     * @param anew the strike is counted as the first
     */
    record Again(
            boolean strike,
            boolean anew,
            Duration delay,
            @Nullable ErrorCode code,
            @Nullable String error,
            boolean doubtful)
            implements Verdict {}

    /** After the runner's own word; not for a success, which depends on its result. */
    static Verdict of(Job job, JobEnd end, ErrorCode code, String error, Backoff backoff) {
        Job.Ending ending = job.ending();
        if (ending != null) {
            boolean released = end.outcome() == JobEnd.Outcome.RELEASED;
            return end.made() == Made.NOTHING
                    ? asIntended(job, ending)
                    : lookAgain(job, ending, released ? Duration.ZERO : backoff.after(job.strikes() + 1), !released);
        }
        boolean doubtful = Doubt.after(job, end.made());
        return switch (end.outcome()) {
            case SUCCEEDED -> new Final(JobState.SUCCEEDED, null, null);
            case CANCELLED -> ended(doubtful, cancelled());
            case RELEASED ->
                job.cancelRequested()
                        ? ended(doubtful, cancelled())
                        : new Again(false, false, Duration.ZERO, null, null, doubtful);
            case FAILED ->
                RetryRule.retries(code)
                        ? struck(job, doubtful, code, error, backoff)
                        : ended(doubtful, new Final(JobState.FAILED, code, error));
        };
    }

    /** After a lease that ended without a word. */
    static Verdict ofExpiry(Job job, Backoff backoff) {
        Job.Ending ending = job.ending();
        if (ending != null) {
            return lookAgain(job, ending, backoff.after(job.strikes() + 1), true);
        }
        return struck(
                job,
                Doubt.after(job, null),
                ErrorCode.LEASE_LOST,
                "The runner " + job.leaseOwner() + " stopped reporting and its lease ended.",
                backoff);
    }

    /** For a job that waits while somebody cancels it. */
    static Verdict ofCancel(Job job, String actor) {
        return ended(
                job.doubtful(), new Final(JobState.CANCELLED, ErrorCode.JOB_CANCELLED, "Cancelled by " + actor + "."));
    }

    private static Verdict struck(Job job, boolean doubtful, ErrorCode code, String error, Backoff backoff) {
        if (job.cancelRequested()) {
            return ended(doubtful, cancelled());
        }
        if (code == ErrorCode.VM_BUSY) {
            // Nothing is wrong with the job: somebody else's work on the VM has to end first.
            return new Again(false, false, backoff.after(job.attempts()), code, error, doubtful);
        }
        if (job.kind() == JobKind.VAULT_ADD && code == ErrorCode.VAULT_UNREACHABLE) {
            // Somebody waits who may have mistyped the address; the attempt has asked for minutes already.
            return new Final(JobState.FAILED, code, error);
        }
        // A backup that takes days may lose its lease now and then: what counts are failures without getting on.
        boolean anew = job.gainedBytes() >= PROGRESS_BYTES;
        int strikes = anew ? 1 : job.strikes() + 1;
        if (strikes >= job.maxAttempts()) {
            return ended(
                    doubtful,
                    new Final(
                            JobState.FAILED,
                            ErrorCode.JOB_ATTEMPTS_EXHAUSTED,
                            strikes + " attempts failed; the last one: " + code.wire() + ": " + error));
        }
        return new Again(true, anew, backoff.after(strikes), code, error, doubtful);
    }

    private static Verdict ended(boolean doubtful, Final end) {
        return doubtful ? new Look(end) : end;
    }

    private static Verdict lookAgain(Job job, Job.Ending ending, Duration delay, boolean strike) {
        return ending.overdue()
                ? new Unseen(ending.state())
                : new Again(strike, false, delay, null, null, job.doubtful());
    }

    /** As was decided before the look; the row keeps the reason. */
    private static Final asIntended(Job job, Job.Ending ending) {
        String code = job.errorCode();
        return new Final(ending.state(), code == null ? null : ErrorCode.ofWire(code), job.error());
    }

    private static Final cancelled() {
        return new Final(JobState.CANCELLED, ErrorCode.JOB_CANCELLED, "The job was cancelled.");
    }
}
