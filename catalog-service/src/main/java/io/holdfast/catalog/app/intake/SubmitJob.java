package io.holdfast.catalog.app.intake;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.app.port.VaultStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Puts a job into the queue, once per idempotency key. */
@ApplicationScoped
public class SubmitJob {

    private static final Logger LOG = Logger.getLogger(SubmitJob.class);

    private final JobStore jobs;
    private final VaultStore vaults;
    private final AuditLog audit;
    private final Settings settings;

    SubmitJob(JobStore jobs, VaultStore vaults, AuditLog audit, Settings settings) {
        this.jobs = jobs;
        this.vaults = vaults;
        this.audit = audit;
        this.settings = settings;
    }

    /**
     * The job that this very request made before. Asked first, before the world is looked at: a repetition gets the same
     * job even when its VM is gone meanwhile. Another request with the same key is refused.
     */
    @Transactional
    public Optional<Job> repeated(NewJob.Ticket ticket) {
        String key = ticket.key();
        if (key == null) {
            return Optional.empty();
        }
        Optional<Job> before = jobs.byKey(ticket.actor(), key, settings.keysKept());
        before.ifPresent(job -> {
            if (!ticket.bodyHash().equals(job.bodyHash())) {
                throw new ApiException(
                        ErrorCode.IDEMPOTENCY_KEY_REUSED, "This idempotency key was used for another request.");
            }
        });
        return before;
    }

    /** Queues the job, or answers the one a concurrent repetition queued. */
    @Transactional
    public Job queue(NewJob job) {
        UUID vault = job.vault();
        if (vault != null && !vaults.hold(vault)) {
            throw new ApiException(ErrorCode.VAULT_NOT_FOUND, "The vault was removed.");
        }
        if (!jobs.insert(job, settings.attempts())) {
            return repeated(job.ticket()).orElseThrow(() -> nameTaken(job));
        }
        NewJob.Ticket ticket = job.ticket();
        audit.add(new AuditLog.Entry(
                ticket.actor(), "job." + job.kind(), job.subject(), job.id(), ticket.requestId(), "accepted"));
        LOG.infof("job %s %s %s: QUEUED by %s", job.id(), job.kind(), job.subject(), ticket.actor());
        return jobs.find(job.id()).orElseThrow();
    }

    static ApiException nameTaken(NewJob job) {
        return new ApiException(
                ErrorCode.VM_NAME_EXISTS,
                "Another restore makes a VM called " + job.targetName() + " on " + job.source() + " already.");
    }
}
