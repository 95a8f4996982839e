package io.holdfast.catalog.app.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.OutboxStore;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.Settlement;
import io.holdfast.catalog.domain.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
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
    private final Settings settings;

    FinishJob(JobStore jobs, OutboxStore outbox, AuditLog audit, VaultOutcome vaults, Settings settings) {
        this.jobs = jobs;
        this.outbox = outbox;
        this.audit = audit;
        this.vaults = vaults;
        this.settings = settings;
    }

    /** False when the job is no longer this attempt's; then nothing was changed. */
    boolean apply(Job job, Verdict verdict, @Nullable JsonNode result) {
        return switch (verdict) {
            case Verdict.Final end -> finish(job, end, result);
            case Verdict.Unseen unseen -> finishUnseen(job, unseen);
            case Verdict.Look look -> look(job, look);
            case Verdict.Again again -> requeue(job, again);
        };
    }

    private boolean look(Job job, Verdict.Look look) {
        if (!jobs.look(job, look, settings.lookFor())) {
            return false;
        }
        LOG.infof(
                "job %s %s %s: %s -> QUEUED, only to look whether it was done; otherwise %s",
                job.id(),
                job.kind(),
                job.subject(),
                job.state(),
                look.otherwise().state());
        return true;
    }

    /** Whatever an attempt may have committed stays where it is: a point that is in the vault is found by a rebuild. */
    private boolean finishUnseen(Job job, Verdict.Unseen unseen) {
        String code = job.errorCode();
        var end = new Verdict.Final(
                unseen.state(),
                code == null ? null : ErrorCode.ofWire(code),
                job.error() + " Nobody could look whether an attempt had succeeded before.");
        if (!finish(job, end, null)) {
            return false;
        }
        audit.add(new AuditLog.Entry(
                "catalog",
                "job.unseen",
                job.subject(),
                job.id(),
                "-",
                unseen.state().name()));
        LOG.warnf(
                "job %s %s %s: ended as %s although nobody could look whether it had succeeded",
                job.id(), job.kind(), job.subject(), unseen.state());
        return true;
    }

    private boolean finish(Job job, Verdict.Final end, @Nullable JsonNode result) {
        if (!jobs.finish(job, end, result)) {
            return false;
        }
        Optional<Settlement> message = Settlement.of(job.kind(), end.state(), job.fencing());
        message.ifPresent(kind -> outbox.add(job.id(), kind, CommittedMoment.of(kind, result)));
        if (message.isEmpty()) {
            // With a message its delivery does that: until then the view or target is still there.
            jobs.release(job.id());
        }
        if (end.state() != JobState.SUCCEEDED) {
            vaults.jobFailed(job, end);
        }
        String actor = job.leaseSubject() == null ? "catalog" : job.leaseSubject();
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
