package io.holdfast.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobSpec;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.domain.NewJob;
import io.holdfast.catalog.domain.QueueDepth;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The table of docs/locking.md, cell by cell, in both orders: one job runs, may the other be leased? */
@QuarkusTest
class LockingTest extends CatalogTest {

    private static final UUID VAULT = UUID.randomUUID();
    private static final UUID POINT = UUID.randomUUID();

    /** Pairs of which the second waits, as the document has them; the names are in alphabetical order. */
    private static final Set<String> LOCKED = Set.of(
            "backup + backup",
            "backup + restore in place",
            "backup + snapshot create",
            "backup + snapshot delete",
            "backup + vault add",
            "point delete + point delete",
            "point delete + restore as new",
            "point delete + restore in place",
            "point delete + vault add",
            "restore as new + vault add",
            "restore in place + restore in place",
            "restore in place + snapshot create",
            "restore in place + snapshot delete",
            "restore in place + vault add",
            "snapshot create + snapshot create",
            "snapshot create + snapshot delete",
            "snapshot delete + snapshot delete",
            "source check + source check",
            "vault add + vault add",
            "vault add + vault check",
            "vault add + vault collect",
            "vault collect + vault collect");

    @Inject
    JobStore jobs;

    /** Jobs of every kind, by their names in the table. */
    private static Map<String, JobSpec> specs() {
        Map<String, JobSpec> specs = new LinkedHashMap<>();
        for (JobKind kind : JobKind.values()) {
            specs.putAll(specs(kind));
        }
        return specs;
    }

    private static Map<String, JobSpec> specs(JobKind kind) {
        return switch (kind) {
            case BACKUP -> Map.of("backup", backup());
            case RESTORE ->
                Map.of("restore as new", restore("copy-" + UUID.randomUUID()), "restore in place", restore(null));
            case SNAPSHOT_CREATE ->
                Map.of("snapshot create", new JobSpec.SnapshotCreate("lab", "vm-1", "web", "s", null, false));
            case SNAPSHOT_DELETE -> Map.of("snapshot delete", new JobSpec.SnapshotDelete("lab", "vm-1", "web", "s"));
            case SOURCE_CHECK -> Map.of("source check", new JobSpec.SourceCheck("lab"));
            case VAULT_ADD -> Map.of("vault add", new JobSpec.VaultAdd(VAULT));
            case VAULT_CHECK -> Map.of("vault check", new JobSpec.VaultCheck(VAULT));
            case VAULT_COLLECT -> Map.of("vault collect", new JobSpec.VaultCollect(VAULT));
            case POINT_DELETE -> Map.of("point delete", new JobSpec.PointDelete(POINT, VAULT, "vm-1", "web"));
        };
    }

    private static JobSpec backup() {
        return new JobSpec.Backup("lab", "vm-1", "web", VAULT, UUID.randomUUID(), BackupKind.FULL, Consistency.CRASH);
    }

    private static JobSpec restore(@Nullable String name) {
        return new JobSpec.Restore(
                POINT, VAULT, "lab", "vm-1", name, name == null, null, null, java.util.List.of(), false, null);
    }

    private boolean leased(JobSpec spec) {
        NewJob job = new NewJob(UUID.randomUUID(), spec, "subject", new NewJob.Ticket("test", "-", null, "hash"));
        assertThat(jobs.insert(job, 5)).isTrue();
        return jobs.claim(
                        new JobStore.Lessee(job.kind().runner(), "test", "test"),
                        Duration.ofMinutes(5),
                        new QueueDepth.Limits(100, 100))
                .isPresent();
    }

    @Test
    void everyPairOfJobsIsLockedExactlyWhereTheTableSaysSo() {
        Set<String> waited = new TreeSet<>();
        Set<String> waitedTheOtherWayRound = new TreeSet<>();
        for (Map.Entry<String, JobSpec> one : specs().entrySet()) {
            for (Map.Entry<String, JobSpec> other : specs().entrySet()) {
                Database.clear();
                String first = one.getKey();
                String second = other.getKey();
                assertThat(leased(one.getValue())).isTrue();
                if (!leased(other.getValue())) {
                    boolean ordered = first.compareTo(second) <= 0;
                    (ordered ? waited : waitedTheOtherWayRound)
                            .add(ordered ? first + " + " + second : second + " + " + first);
                }
            }
        }
        assertThat(waited).containsExactlyInAnyOrderElementsOf(LOCKED);
        assertThat(waited).containsAll(waitedTheOtherWayRound);
        assertThat(waitedTheOtherWayRound).hasSize((int) LOCKED.stream()
                .filter(pair -> !pair.split(" \\+ ", -1)[0].equals(pair.split(" \\+ ", -1)[1]))
                .count());
    }
}
