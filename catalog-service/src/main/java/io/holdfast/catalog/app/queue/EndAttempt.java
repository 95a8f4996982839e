package io.holdfast.catalog.app.queue;

import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;

/** Takes a runner's word that its attempt ended. Idempotent per fencing number. */
@ApplicationScoped
public class EndAttempt {

    private final JobStore jobs;
    private final FinishJob finish;
    private final Success success;
    private final Settings settings;

    EndAttempt(JobStore jobs, FinishJob finish, Success success, Settings settings) {
        this.jobs = jobs;
        this.finish = finish;
        this.success = success;
        this.settings = settings;
    }

    /**
     * Ends the attempt in one transaction. The row stays locked from reading to writing, and the write compares the
     * fencing number once more.
     */
    @Transactional
    public void end(UUID id, JobEnd end) {
        Job job = jobs.lock(id).orElseThrow(() -> RenewLease.noJob(id));
        if (job.state() != JobState.RUNNING || job.fencing() != end.fencing()) {
            if (repeated(id, end)) {
                return;
            }
            throw RenewLease.stale(job, end.fencing());
        }
        Verdict verdict = verdict(job, end);
        if (!finish.apply(job, verdict, end.result())) {
            throw RenewLease.stale(job, end.fencing());
        }
        jobs.endAttempt(job, end.outcome().name(), code(end), end.error());
    }

    private Verdict verdict(Job job, JobEnd end) {
        if (end.outcome() == JobEnd.Outcome.SUCCEEDED) {
            return success.verdict(job, end.result());
        }
        ErrorCode code = end.errorCode() == null ? ErrorCode.INTERNAL : ErrorCode.ofWire(end.errorCode());
        String error = end.error() == null ? "The runner gave no reason." : end.error();
        return Verdict.of(job, end, code, error, settings.retry());
    }

    @org.jspecify.annotations.Nullable
    private static String code(JobEnd end) {
        return end.errorCode() == null
                ? null
                : ErrorCode.ofWire(end.errorCode()).wire();
    }

    private boolean repeated(UUID id, JobEnd end) {
        return jobs.attemptOutcome(id, end.fencing())
                .filter(end.outcome().name()::equals)
                .isPresent();
    }
}
