package io.holdfast.catalog.app.queue;

import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Locale;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Ends a waiting job, at once or after a look whether an attempt of it had succeeded, and asks a running one to end. */
@ApplicationScoped
public class CancelJob {

    private static final Logger LOG = Logger.getLogger(CancelJob.class);

    private final JobStore jobs;
    private final FinishJob finish;
    private final AuditLog audit;

    CancelJob(JobStore jobs, FinishJob finish, AuditLog audit) {
        this.jobs = jobs;
        this.finish = finish;
        this.audit = audit;
    }

    /** Ends a waiting job without a look: nobody wants to know any more what it made. */
    @Transactional
    public void drop(Job job, String actor, String requestId) {
        audit.add(new AuditLog.Entry(actor, "job.cancel", job.subject(), job.id(), requestId, "accepted"));
        finish.apply(
                job,
                new Verdict.Final(JobState.CANCELLED, ErrorCode.JOB_CANCELLED, "Cancelled by " + actor + "."),
                null);
    }

    /** The job afterwards; {@code job-ended} when there is nothing left to cancel. */
    @Transactional
    public Job cancel(UUID id, String actor, String requestId) {
        Job job = jobs.lock(id).orElseThrow(() -> RenewLease.noJob(id));
        if (job.state() == JobState.CANCELLED) {
            return job;
        }
        if (job.state().ended()) {
            throw new ApiException(
                    ErrorCode.JOB_ENDED,
                    "The job has ended already, as " + job.state().name().toLowerCase(Locale.ROOT) + ".");
        }
        audit.add(new AuditLog.Entry(actor, "job.cancel", job.subject(), id, requestId, "accepted"));
        if (job.ending() != null) {
            return job;
        }
        if (job.state() == JobState.QUEUED) {
            finish.apply(job, Verdict.ofCancel(job, actor), null);
        } else {
            jobs.requestCancel(id, job.fencing());
            LOG.infof("job %s %s %s: cancel requested by %s", id, job.kind(), job.subject(), actor);
        }
        return jobs.find(id).orElseThrow(() -> RenewLease.noJob(id));
    }
}
