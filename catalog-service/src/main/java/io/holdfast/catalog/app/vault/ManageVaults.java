package io.holdfast.catalog.app.vault;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.catalog.app.intake.StartBackup;
import io.holdfast.catalog.app.intake.SubmitJob;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.OutboxStore;
import io.holdfast.catalog.app.port.VaultStore;
import io.holdfast.catalog.app.queue.CancelJob;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Checks, opens for workers and forgets vault records. */
@ApplicationScoped
public class ManageVaults {

    private static final Logger LOG = Logger.getLogger(ManageVaults.class);

    private final VaultStore vaults;
    private final JobStore jobs;
    private final SubmitJob submit;
    private final CancelJob cancel;
    private final OutboxStore outbox;
    private final AuditLog audit;

    ManageVaults(
            VaultStore vaults, JobStore jobs, SubmitJob submit, CancelJob cancel, OutboxStore outbox, AuditLog audit) {
        this.vaults = vaults;
        this.jobs = jobs;
        this.submit = submit;
        this.cancel = cancel;
        this.outbox = outbox;
        this.audit = audit;
    }

    /** Queues a check of a vault. */
    @Transactional
    public Job check(String name, NewJob.Ticket ticket) {
        return submit.repeated(ticket).orElseGet(() -> {
            VaultInfo vault = vaults.byName(name).orElseThrow(() -> noVault(name));
            StartBackup.refuseNotReady(vault);
            return submit.queue(
                    new NewJob(UUID.randomUUID(), new JobSpec.VaultCheck(vault.id()), vault.name(), ticket));
        });
    }

    /** Queues a collection of a vault. */
    @Transactional
    public Job collect(String name, NewJob.Ticket ticket) {
        return submit.repeated(ticket).orElseGet(() -> {
            VaultInfo vault = vaults.byName(name).orElseThrow(() -> noVault(name));
            StartBackup.refuseNotReady(vault);
            return submit.queue(
                    new NewJob(UUID.randomUUID(), new JobSpec.VaultCollect(vault.id()), vault.name(), ticket));
        });
    }

    /** What opens a vault, for workers. */
    @Transactional
    public VaultAccess access(UUID id) {
        return vaults.access(id).orElseThrow(() -> noVault(id.toString()));
    }

    /**
     * Removes the record; the vault itself is not touched. With points or waiting jobs only when {@code forget}; a running
     * job refuses it in any case, since its end needs the record.
     */
    @Transactional
    public void remove(String name, boolean forget, NewJob.Ticket ticket) {
        VaultInfo vault = vaults.locked(name).orElseThrow(() -> noVault(name));
        List<Job> active = jobs.activeOnVault(vault.id());
        if (!forget && (!active.isEmpty() || vault.points() > 0)) {
            throw new ApiException(
                    ErrorCode.VAULT_IN_USE,
                    "The vault has " + vault.points() + " restore points and " + active.size()
                            + " jobs that wait or run. With --forget the catalog forgets them; the vault itself stays.");
        }
        for (Job job : active) {
            Optional<Job> waiting =
                    jobs.lock(job.id()).filter(now -> !now.state().ended());
            if (waiting.filter(now -> now.state() == JobState.RUNNING).isPresent()) {
                throw new ApiException(
                        ErrorCode.VAULT_IN_USE, "Job " + job.id() + " of this vault runs: cancel it first.");
            }
            waiting.ifPresent(now -> cancel.drop(now, ticket.actor(), ticket.requestId()));
        }
        vaults.forget(vault.id());
        outbox.addForgotten(vault.id());
        audit.add(new AuditLog.Entry(ticket.actor(), "vault.remove", name, null, ticket.requestId(), "done"));
        LOG.infof("vault %s: forgotten by %s, %d points", name, ticket.actor(), vault.points());
    }

    private static ApiException noVault(String name) {
        return new ApiException(ErrorCode.VAULT_NOT_FOUND, "There is no vault " + name + ".");
    }
}
