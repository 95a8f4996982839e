package io.holdfast.catalog.app.queue;

import io.holdfast.api.TextRule;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultChecked;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.VaultStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** What the end of a vault's job means for its record. Runs within the caller's transaction. */
@ApplicationScoped
class VaultOutcome {

    private static final Logger LOG = Logger.getLogger(VaultOutcome.class);

    private static final int MAX_DETAIL = 5000;

    private final VaultStore vaults;
    private final AuditLog audit;

    VaultOutcome(VaultStore vaults, AuditLog audit) {
        this.vaults = vaults;
        this.audit = audit;
    }

    /** A worker opened the vault and read who it is. */
    Verdict opened(UUID id, String formatId) {
        Optional<VaultInfo> vault = vaults.byId(id);
        if (vault.isEmpty()) {
            return failure(ErrorCode.VAULT_NOT_FOUND, "The vault's record was removed.");
        }
        String known = vault.get().formatId();
        if (known != null && !known.equals(formatId)) {
            return failure(ErrorCode.VAULT_IS_ANOTHER, "Another vault is at this address now than was added.");
        }
        Optional<String> twin = vaults.nameByFormat(formatId, id);
        if (twin.isPresent()) {
            return failure(ErrorCode.VAULT_EXISTS, "This vault is known already, as " + twin.get() + ".");
        }
        vaults.opened(id, formatId);
        LOG.infof("vault %s: %s -> ok", vault.get().name(), vault.get().state());
        return new Verdict.Final(JobState.SUCCEEDED, null, null);
    }

    /** A worker looked at the vault's chains. What is harmless is in the job's result only. */
    Verdict checked(UUID id, String formatId, List<VaultChecked.Finding> findings) {
        Verdict opened = opened(id, formatId);
        boolean ok = opened instanceof Verdict.Final end && end.state() == JobState.SUCCEEDED;
        List<VaultChecked.Finding> harmful =
                findings.stream().filter(finding -> !finding.harmless()).toList();
        if (!ok || harmful.isEmpty()) {
            return opened;
        }
        String more = harmful.size() == 1 ? "" : " (and " + (harmful.size() - 1) + " more findings)";
        return failure(ErrorCode.VAULT_CHAIN_BROKEN, harmful.getFirst().sentence() + more);
    }

    /** A job ended badly; for a vault's own job that is the vault's state. */
    void jobFailed(Job job, Verdict.Final end) {
        UUID id = job.vault();
        if (id != null && job.kind() == JobKind.BACKUP && end.state() == JobState.FAILED) {
            backupFailed(id, job, end);
            return;
        }
        boolean adding = job.kind() == JobKind.VAULT_ADD;
        boolean checking = job.kind() == JobKind.VAULT_CHECK && end.state() == JobState.FAILED;
        if (id == null || (!adding && !checking)) {
            return;
        }
        if (adding) {
            // Nobody could open it, so nothing depends on the record; name and address are free for a better try.
            vaults.forget(id);
            audit.add(new AuditLog.Entry("catalog", "vault.remove", job.subject(), job.id(), "-", "not added"));
            LOG.infof("vault %s: not added, its record is removed", job.subject());
            return;
        }
        boolean away = (end.code() == ErrorCode.VAULT_UNREACHABLE || end.code() == ErrorCode.JOB_ATTEMPTS_EXHAUSTED);
        String detail = (end.code() == null ? "" : end.code().wire() + ": ") + end.error();
        vaults.setState(id, away ? "unreachable" : "failed", TextRule.mended(detail, MAX_DETAIL));
        LOG.infof("vault %s: -> %s", job.subject(), away ? "unreachable" : "failed");
    }

    /** A list that calls a vault well into which no backup has got for days would be believed. */
    private void backupFailed(UUID id, Job job, Verdict.Final end) {
        String away = ErrorCode.VAULT_UNREACHABLE.wire();
        ErrorCode code = end.code();
        boolean lastAttempts = code == ErrorCode.JOB_ATTEMPTS_EXHAUSTED && away.equals(job.errorCode());
        if (code == ErrorCode.VAULT_UNREACHABLE || lastAttempts) {
            vaults.setState(id, "unreachable", TextRule.mended(away + ": " + end.error(), MAX_DETAIL));
            LOG.infof("vault of job %s: -> unreachable", job.id());
        }
    }

    /** A backup got into the vault. What a check found wrong with it stays until a check finds otherwise. */
    void reached(UUID id) {
        boolean wasAway = vaults.byId(id)
                .filter(vault -> vault.state().equals("unreachable"))
                .isPresent();
        if (wasAway) {
            vaults.setState(id, "ok", null);
            LOG.infof("vault %s: unreachable -> ok", id);
        }
    }

    private static Verdict failure(ErrorCode code, String text) {
        return new Verdict.Final(JobState.FAILED, code, text);
    }
}
