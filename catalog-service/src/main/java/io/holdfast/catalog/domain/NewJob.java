package io.holdfast.catalog.domain;

import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobSpec;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job about to be queued; everything the table indexes follows from the spec.
 *
 * @param subject the VM's, vault's or source's name, for people
 */
public record NewJob(UUID id, JobSpec spec, String subject, Ticket ticket) {

    /**
     * Who asks, and how a repetition of the request is known.
     *
     * @param actor name in the caller's token
     * @param key idempotency key of the request; absent: every request makes a job
     * @param bodyHash keyed hash of the request, to tell a repetition from another request with the same key
     */
    public record Ticket(
            String actor, String requestId, @Nullable String key, String bodyHash) {}

    public JobKind kind() {
        return kindOf(spec);
    }

    /** Locks of this job, as docs/locking.md says. */
    public JobLocks locks() {
        return JobLocks.of(spec);
    }

    public static JobKind kindOf(JobSpec spec) {
        return switch (spec) {
            case JobSpec.Backup _ -> JobKind.BACKUP;
            case JobSpec.Restore _ -> JobKind.RESTORE;
            case JobSpec.VaultAdd _ -> JobKind.VAULT_ADD;
            case JobSpec.VaultCheck _ -> JobKind.VAULT_CHECK;
            case JobSpec.VaultCollect _ -> JobKind.VAULT_COLLECT;
            case JobSpec.PointDelete _ -> JobKind.POINT_DELETE;
            case JobSpec.SnapshotCreate _ -> JobKind.SNAPSHOT_CREATE;
            case JobSpec.SnapshotDelete _ -> JobKind.SNAPSHOT_DELETE;
            case JobSpec.SourceCheck _ -> JobKind.SOURCE_CHECK;
        };
    }

    /** The source whose hypervisor works for this job. */
    public @Nullable String source() {
        return switch (spec) {
            case JobSpec.Backup b -> b.source();
            case JobSpec.Restore r -> r.source();
            case JobSpec.SnapshotCreate s -> s.source();
            case JobSpec.SnapshotDelete s -> s.source();
            case JobSpec.SourceCheck s -> s.source();
            case JobSpec.VaultAdd _, JobSpec.VaultCheck _, JobSpec.VaultCollect _, JobSpec.PointDelete _ -> null;
        };
    }

    public @Nullable String vm() {
        return switch (spec) {
            case JobSpec.Backup b -> b.vm();
            case JobSpec.Restore r -> r.vm();
            case JobSpec.SnapshotCreate s -> s.vm();
            case JobSpec.SnapshotDelete s -> s.vm();
            case JobSpec.SourceCheck _,
                    JobSpec.VaultAdd _,
                    JobSpec.VaultCheck _,
                    JobSpec.VaultCollect _,
                    JobSpec.PointDelete _ -> null;
        };
    }

    public @Nullable UUID vault() {
        return switch (spec) {
            case JobSpec.Backup b -> b.vault();
            case JobSpec.Restore r -> r.vault();
            case JobSpec.VaultAdd v -> v.vault();
            case JobSpec.VaultCheck v -> v.vault();
            case JobSpec.VaultCollect v -> v.vault();
            case JobSpec.PointDelete p -> p.vault();
            case JobSpec.SnapshotCreate _, JobSpec.SnapshotDelete _, JobSpec.SourceCheck _ -> null;
        };
    }

    /** Name of the VM a restore will make. */
    public @Nullable String targetName() {
        return spec instanceof JobSpec.Restore r && !r.inPlace() ? r.name() : null;
    }

    /** Whether disks are read or written: only those count against the limits per source and per vault. */
    public boolean movesData() {
        return switch (kind()) {
            case BACKUP, RESTORE -> true;
            case VAULT_ADD, VAULT_CHECK, VAULT_COLLECT, POINT_DELETE, SNAPSHOT_CREATE, SNAPSHOT_DELETE, SOURCE_CHECK ->
                false;
        };
    }
}
