package io.holdfast.catalog.app.vault;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.vault.VaultAdded;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.catalog.app.intake.SubmitJob;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.VaultStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import io.holdfast.catalog.domain.RecoveryKey;
import io.holdfast.catalog.domain.VaultUrl;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Records a vault and queues the job in which a worker makes or opens it. */
@ApplicationScoped
public class AddVault {

    private final SubmitJob submit;
    private final VaultStore vaults;
    private final AuditLog audit;
    private final SecureRandom random = new SecureRandom();

    AddVault(SubmitJob submit, VaultStore vaults, AuditLog audit) {
        this.submit = submit;
        this.vaults = vaults;
        this.audit = audit;
    }

    /**
     * Record and job in one transaction. A repetition, whose first answer may have been lost, is answered the same while
     * the job has not ended; afterwards nobody is told the recovery key any more.
     */
    @Transactional
    public VaultAdded add(VaultSpec spec, NewJob.Ticket ticket) {
        VaultUrl url = VaultUrl.parse(spec.url());
        checkKeys(spec, url);
        Optional<Job> before = submit.repeated(ticket);
        if (before.isPresent()) {
            return answer(before.get(), spec.passphrase() == null ? lostKey(before.get()) : null);
        }
        String recoveryKey = spec.passphrase() == null ? RecoveryKey.generate(random) : null;
        UUID id = UUID.randomUUID();
        boolean added = vaults.insert(new VaultStore.NewVault(
                id,
                spec.name(),
                url.text(),
                spec.accessKey(),
                spec.secretKey(),
                spec.passphrase() == null ? String.valueOf(recoveryKey) : spec.passphrase(),
                ticket.actor()));
        if (!added) {
            // The same request, sent twice at once: the other one made it in the meantime.
            Optional<Job> twin = submit.repeated(ticket);
            if (twin.isPresent()) {
                return answer(twin.get(), spec.passphrase() == null ? lostKey(twin.get()) : null);
            }
            throw new ApiException(ErrorCode.VAULT_EXISTS, taken(spec.name()));
        }
        Job job = submit.queue(new NewJob(UUID.randomUUID(), new JobSpec.VaultAdd(id), spec.name(), ticket));
        audit.add(
                new AuditLog.Entry(ticket.actor(), "vault.add", spec.name(), job.id(), ticket.requestId(), "accepted"));
        return answer(job, recoveryKey);
    }

    private String taken(String name) {
        return vaults.byName(name)
                .map(vault -> vault.state().equals("adding")
                        ? "A vault called " + name + " is being added right now; 'job list' shows its job."
                        : "There is a vault called " + name + " already.")
                .orElse("There is a vault record for this address already.");
    }

    private @Nullable String lostKey(Job job) {
        UUID vault = job.vault();
        return vault == null || job.state().ended()
                ? null
                : vaults.access(vault).map(VaultAccess::passphrase).orElse(null);
    }

    private VaultAdded answer(Job job, @Nullable String recoveryKey) {
        VaultInfo vault = Optional.ofNullable(job.vault())
                .flatMap(vaults::byId)
                .orElseThrow(() -> new ApiException(ErrorCode.VAULT_NOT_FOUND, "The vault was removed since."));
        return new VaultAdded(vault, job.info(), recoveryKey);
    }

    private static void checkKeys(VaultSpec spec, VaultUrl url) {
        boolean both = spec.accessKey() != null && spec.secretKey() != null;
        boolean none = spec.accessKey() == null && spec.secretKey() == null;
        if (url.s3() ? !both : !none) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    url.s3()
                            ? "An object store needs an access key and its secret key (accessKey, secretKey)."
                            : "A directory takes no access key and no secret key.");
        }
    }
}
