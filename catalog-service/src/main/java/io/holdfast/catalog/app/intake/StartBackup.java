package io.holdfast.catalog.app.intake;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.Requests;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.VmInfo;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.catalog.app.port.VaultStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;

/** Checks a wish for a backup and queues it. */
@ApplicationScoped
public class StartBackup {

    private final SubmitJob submit;
    private final FindVm vms;
    private final VaultStore vaults;

    StartBackup(SubmitJob submit, FindVm vms, VaultStore vaults) {
        this.submit = submit;
        this.vms = vms;
        this.vaults = vaults;
    }

    /** The queued job; nothing is queued when anything about the request is wrong. */
    public Job start(Requests.Backup request, NewJob.Ticket ticket) {
        BackupKind kind = Optional.ofNullable(request.kind()).orElse(BackupKind.INCREMENTAL);
        Consistency consistency = Optional.ofNullable(request.consistency()).orElse(Consistency.CRASH);
        if (kind == BackupKind.DIFFERENTIAL) {
            throw new ApiException(ErrorCode.KIND_UNSUPPORTED, "Differential backups are not there yet.");
        }
        if (consistency != Consistency.CRASH) {
            throw new ApiException(ErrorCode.CONSISTENCY_UNSUPPORTED, "Only crash-consistent backups are there yet.");
        }
        return submit.repeated(ticket).orElseGet(() -> queue(request, kind, consistency, ticket));
    }

    /** Nothing may use a vault before it is known which one it is. */
    public static void refuseNotReady(VaultInfo vault) {
        if (vault.formatId() == null) {
            throw new ApiException(
                    ErrorCode.VAULT_NOT_READY,
                    "The vault " + vault.name() + " has not been opened yet: it is being added.");
        }
    }

    private Job queue(Requests.Backup request, BackupKind kind, Consistency consistency, NewJob.Ticket ticket) {
        VaultInfo vault = vaults.byName(request.vault())
                .orElseThrow(() ->
                        new ApiException(ErrorCode.VAULT_NOT_FOUND, "There is no vault " + request.vault() + "."));
        refuseNotReady(vault);
        VmInfo vm = vms.find(request.vm());
        if (vm.disks().stream().noneMatch(VmInfo.DiskInfo::backup)) {
            throw new ApiException(
                    ErrorCode.VM_WITHOUT_DISKS, "The VM " + vm.name() + " has no disk that can be backed up.");
        }
        JobSpec spec =
                new JobSpec.Backup(vm.source(), vm.id(), vm.name(), vault.id(), UUID.randomUUID(), kind, consistency);
        return submit.queue(new NewJob(UUID.randomUUID(), spec, vm.name(), ticket));
    }
}
