package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Requests;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.snapshot.SnapshotRequest;
import io.holdfast.cli.http.CatalogClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/** The catalog as a person uses it: asks for a job and follows it to its end. Thread-safe. */
public final class Front {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final CatalogClient catalog;

    Front(CatalogClient catalog) {
        this.catalog = catalog;
    }

    /** The job as it ended, well or not. */
    public JobInfo end(JobInfo job) throws InterruptedException {
        JobInfo last = catalog.watch(job.id(), Instant.now().plus(PATIENCE), seen -> {});
        assertThat(last.state().ended())
                .as("job %s has not ended: %s", job.kind(), last)
                .isTrue();
        return last;
    }

    /** Follows a job that has to succeed. */
    public JobInfo finish(JobInfo job) throws InterruptedException {
        JobInfo last = end(job);
        assertThat(last.state())
                .as("%s of %s: %s (%s)", last.kind(), last.subject(), last.error(), last.errorCode())
                .isEqualTo(JobState.SUCCEEDED);
        return last;
    }

    /** Follows a job that has to fail; its code. */
    public String failure(JobInfo job) throws InterruptedException {
        JobInfo last = end(job);
        assertThat(last.state()).as("%s of %s", last.kind(), last.subject()).isEqualTo(JobState.FAILED);
        return Objects.requireNonNull(last.errorCode(), "a failed job has a code");
    }

    /** Asks for a backup of a VM of the ground's source. */
    public JobInfo startBackup(String vm, String vault, BackupKind kind) throws InterruptedException {
        return catalog.backup(new Requests.Backup(Ground.SOURCE + "/" + vm, vault, kind, null));
    }

    /** Backs up and answers the point. */
    public PointInfo backup(String vm, String vault, BackupKind kind) throws InterruptedException {
        return point(startBackup(vm, vault, kind));
    }

    /** The point that a backup makes. */
    public PointInfo point(JobInfo backup) throws InterruptedException {
        JsonNode result = finish(backup).result();
        assertThat(result).as("the result of a backup").isNotNull();
        return catalog.point(UUID.fromString(result.path("id").asText()));
    }

    /** Asks for a restore as a new VM that stays off. */
    public JobInfo startRestore(UUID point, String name) throws InterruptedException {
        return catalog.restore(new Requests.Restore(point, null, name, false, Ground.POOL, null, null, false));
    }

    /** Asks for a restore in the place of the VM's disks; it stays off. */
    public JobInfo startRestoreInPlace(UUID point) throws InterruptedException {
        return catalog.restore(new Requests.Restore(point, null, null, true, null, null, null, false));
    }

    public void snapshot(String vm, String name) throws InterruptedException {
        finish(catalog.createSnapshot(new SnapshotRequest(Ground.SOURCE + "/" + vm, name, null, false, false)));
    }

    public void deleteSnapshot(String vm, String name) throws InterruptedException {
        finish(startDeleteSnapshot(vm, name));
    }

    /** Asks for the consolidation of a snapshot. */
    public JobInfo startDeleteSnapshot(String vm, String name) throws InterruptedException {
        String id = catalog.vm(Ground.SOURCE + "/" + vm).id();
        return catalog.deleteSnapshot(Ground.SOURCE, id, name);
    }

    /** Whether a job has ended. */
    public boolean ended(JobInfo job) throws InterruptedException {
        return catalog.job(job.id()).endedAt() != null;
    }
}
