package io.holdfast.api.job;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a job is to do, as the catalog stores it and the runner gets it. No secret. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JobSpec.Backup.class, name = "BACKUP"),
    @JsonSubTypes.Type(value = JobSpec.Restore.class, name = "RESTORE"),
    @JsonSubTypes.Type(value = JobSpec.VaultAdd.class, name = "VAULT_ADD"),
    @JsonSubTypes.Type(value = JobSpec.VaultCheck.class, name = "VAULT_CHECK"),
    @JsonSubTypes.Type(value = JobSpec.VaultCollect.class, name = "VAULT_COLLECT"),
    @JsonSubTypes.Type(value = JobSpec.PointDelete.class, name = "POINT_DELETE"),
    @JsonSubTypes.Type(value = JobSpec.SnapshotCreate.class, name = "SNAPSHOT_CREATE"),
    @JsonSubTypes.Type(value = JobSpec.SnapshotDelete.class, name = "SNAPSHOT_DELETE"),
    @JsonSubTypes.Type(value = JobSpec.SourceCheck.class, name = "SOURCE_CHECK")
})
public sealed interface JobSpec {

    /**
     * A backup of one VM.
     *
     * @param point id of the restore point this job makes, chosen when the job was made: every attempt makes the same one
     */
    record Backup(
            String source,
            String vm,
            String vmName,
            UUID vault,
            UUID point,
            BackupKind backupKind,
            Consistency consistency)
            implements JobSpec {}

    /**
     * A restore of one point to one VM.
     *
     * @param name name of the new VM; absent for in-place
     * @param inPlace whether the disks of the VM {@code vm} are replaced
     * @param disks keys to restore; empty: all
     * @param sequence the point's number in its vault's chain, so that it is found without a search; absent in older jobs
     */
    record Restore(
            UUID point,
            UUID vault,
            String source,
            String vm,
            @Nullable String name,
            boolean inPlace,
            @Nullable String pool,
            @Nullable String network,
            List<String> disks,
            boolean start,
            @Nullable Long sequence)
            implements JobSpec {}

    /** Makes the vault, or opens the one that is there. */
    record VaultAdd(UUID vault) implements JobSpec {}

    /** Opens the vault and compares every VM's chain of manifests with what the catalog knows. */
    record VaultCheck(UUID vault) implements JobSpec {}

    /** Deletes what no point of the vault needs any more. */
    record VaultCollect(UUID vault) implements JobSpec {}

    /**
     * Removes a restore point for good.
     *
     * @param vm the machine's id, by which the vault knows it
     */
    record PointDelete(UUID point, UUID vault, String vm, String vmName) implements JobSpec {}

    record SnapshotCreate(
            String source,
            String vm,
            String vmName,
            String name,
            @Nullable String description,
            boolean quiesce) implements JobSpec {}

    record SnapshotDelete(String source, String vm, String vmName, String name) implements JobSpec {}

    record SourceCheck(String source) implements JobSpec {}
}
