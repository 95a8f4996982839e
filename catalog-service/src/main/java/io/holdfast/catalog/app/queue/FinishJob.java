package io.holdfast.catalog.app.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.JobState;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.OutboxStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.Settlement;
import io.holdfast.catalog.domain.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a verdict within the caller's transaction: the job's row, its locks, its vault's state, the audit row and
 * the message to snapshot-service become true together or not at all.
 */
@ApplicationScoped
class FinishJob {

    private static final Logger LOG = Logger.getLogger(FinishJob.class);

    private final JobStore jobs;
    private final OutboxStore outbox;
    private final AuditLog audit;
    private final VaultOutcome vaults;

    FinishJob(JobStore jobs, OutboxStore outbox, AuditLog audit, VaultOutcome vaults) {
        this.jobs = jobs;
        this.outbox = outbox;
        this.audit = audit;
        this.vaults = vaults;
    }

    /** False when the job is no longer this attempt's; then nothing was changed. */
    boolean apply(Job job, Verdict verdict, @Nullable JsonNode result) {
        return switch (verdict) {
            case Verdict.Final end -> finish(job, end, result);
            case Verdict.Again again -> requeue(job, again);
        };
    }

    private boolean finish(Job job, Verdict.Final end, @Nullable JsonNode result) {
        if (!jobs.finish(job, end, result)) {
            return false;
        }
        Settlement.of(job.kind(), end.state(), job.fencing())
                .ifPresent(kind -> outbox.add(job.id(), kind, CommittedMoment.of(kind, result)));
        if (end.state() != JobState.SUCCEEDED) {
            vaults.jobFailed(job, end);
        }
        String actor = job.leaseOwner() == null ? "catalog" : job.leaseOwner();
        String outcome = end.code() == null
                ? end.state().name()
                : end.state().name() + " " + end.code().wire();
        audit.add(new AuditLog.Entry(actor, "job.end", job.subject(), job.id(), "-", outcome));
        LOG.infof("job %s %s %s: %s -> %s", job.id(), job.kind(), job.subject(), job.state(), outcome);
        return true;
    }

    private boolean requeue(Job job, Verdict.Again again) {
        if (!jobs.requeue(job, again)) {
            return false;
        }
        LOG.infof(
                "job %s %s %s: RUNNING -> QUEUED, fencing %d, %s, next attempt in %s",
                job.id(),
                job.kind(),
                job.subject(),
                job.fencing(),
                again.code() == null ? "released" : again.code().wire(),
                again.delay());
        return true;
    }
}
