package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.ExitCodes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of one request for a job.
 *
 * @param label whom it is about, for people
 * @param job as it ended or was last seen; absent when none was made
 * @param failure why there is no job, or why it could not be followed
 * @param waited whether somebody wanted to see its end
 */
public record Outcome(
        String label, @Nullable JobInfo job, @Nullable ApiException failure, boolean waited) {

    public int exitCode() {
        if (job == null) {
            return failure == null ? ExitCodes.FAILED : ExitCodes.of(failure.code());
        }
        return job.state().ended() ? ExitCodes.of(job) : waited ? ExitCodes.UNKNOWN : ExitCodes.DONE;
    }

    public boolean ok() {
        return exitCode() == ExitCodes.DONE;
    }

    /** One word: the job's state; without a job {@code refused}, {@code unknown} or {@code failed}. */
    public String state() {
        if (job != null) {
            return job.state().name().toLowerCase(Locale.ROOT);
        }
        return switch (exitCode()) {
            case ExitCodes.UNKNOWN -> "unknown";
            case ExitCodes.FAILED -> "failed";
            default -> "refused";
        };
    }

    /** Wire form of the error's code. */
    public @Nullable String errorCode() {
        if (job != null && job.state().ended()) {
            return job.state() == JobState.CANCELLED && job.errorCode() == null
                    ? ErrorCode.JOB_CANCELLED.wire()
                    : job.errorCode();
        }
        return failure != null ? failure.code().wire() : ok() ? null : ErrorCode.OUTCOME_UNKNOWN.wire();
    }

    /** The error's sentence. */
    public @Nullable String error() {
        if (ok()) {
            return null;
        }
        if (job != null && job.state().ended()) {
            String told = job.error();
            return told != null ? told : "The job was " + state() + ".";
        }
        if (job != null) {
            String why = failure == null ? "The wait ended before the job did." : failure.detail();
            return why + " The job may go on: 'holdfast job watch " + job.id() + "'.";
        }
        return failure == null ? "It failed." : failure.detail();
    }
}
