package io.holdfast.catalog.app.intake;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;
import java.util.function.Supplier;

/** Forwards what admins do with sources to snapshot-service, which owns them, and writes the audit. */
@ApplicationScoped
public class ManageSources {

    private final Hypervisors hypervisors;
    private final JobStore jobs;
    private final SubmitJob submit;
    private final AuditLog audit;

    ManageSources(Hypervisors hypervisors, JobStore jobs, SubmitJob submit, AuditLog audit) {
        this.hypervisors = hypervisors;
        this.jobs = jobs;
        this.submit = submit;
        this.audit = audit;
    }

    /** Adds a source. */
    public SourceInfo add(SourceSpec spec, NewJob.Ticket ticket) {
        return audited(ticket, "source.add", spec.name(), () -> hypervisors.addSource(spec));
    }

    /** Removes a source that no job waits for; answers what stays on its hypervisor. */
    public SourceRemoved remove(String name, boolean forget, NewJob.Ticket ticket) {
        if (jobs.activeOnSource(name) > 0) {
            throw new ApiException(ErrorCode.SOURCE_IN_USE, "Jobs on this source wait or run; cancel them first.");
        }
        return audited(ticket, "source.remove", name, () -> hypervisors.removeSource(name, forget));
    }

    /** Queues a check of a source. */
    public Job check(String name, NewJob.Ticket ticket) {
        return submit.repeated(ticket).orElseGet(() -> {
            hypervisors.source(name);
            return submit.queue(new NewJob(UUID.randomUUID(), new JobSpec.SourceCheck(name), name, ticket));
        });
    }

    /** The intent is written before the act, which is another service's: what happened then is never without a trace. */
    private <T> T audited(NewJob.Ticket ticket, String action, String subject, Supplier<T> act) {
        note(ticket, action, subject, "accepted");
        try {
            T made = act.get();
            note(ticket, action, subject, "done");
            return made;
        } catch (ApiException e) {
            // No answer is no proof that nothing happened.
            boolean unknown = e.code() == ErrorCode.DEADLINE_EXCEEDED || e.code() == ErrorCode.OUTCOME_UNKNOWN;
            note(
                    ticket,
                    action,
                    subject,
                    unknown ? "unknown" : "failed " + e.code().wire());
            throw e;
        }
    }

    private void note(NewJob.Ticket ticket, String action, String subject, String outcome) {
        audit.add(new AuditLog.Entry(ticket.actor(), action, subject, null, ticket.requestId(), outcome));
    }
}
