package io.holdfast.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
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

    /** Pairs of which the second waits, as the document has them; the names are in alphabetical order. */
    private static final Set<String> LOCKED = Set.of(
            "backup + backup",
            "backup + restore in place",
            "backup + snapshot",
            "backup + vault add",
            "restore as new + vault add",
            "restore in place + restore in place",
            "restore in place + snapshot",
            "restore in place + vault add",
            "snapshot + snapshot",
            "vault add + vault add",
            "vault add + vault check");

    @Inject
    JobStore jobs;

    private static Map<String, JobSpec> specs() {
        Map<String, JobSpec> specs = new LinkedHashMap<>();
        specs.put(
                "backup",
                new JobSpec.Backup("lab", "vm-1", "web", VAULT, UUID.randomUUID(), BackupKind.FULL, Consistency.CRASH));
        specs.put("restore as new", restore("copy-" + UUID.randomUUID()));
        specs.put("restore in place", restore(null));
        specs.put("snapshot", new JobSpec.SnapshotCreate("lab", "vm-1", "web", "s", null, false));
        specs.put("vault add", new JobSpec.VaultAdd(VAULT));
        specs.put("vault check", new JobSpec.VaultCheck(VAULT));
        return specs;
    }

    private static JobSpec restore(@Nullable String name) {
        return new JobSpec.Restore(
                UUID.randomUUID(),
                VAULT,
                "lab",
                "vm-1",
                name,
                name == null,
                null,
                null,
                java.util.List.of(),
                false,
                null);
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
        for (String first : specs().keySet()) {
            for (String second : specs().keySet()) {
                Database.clear();
                assertThat(leased(specs().getOrDefault(first, new JobSpec.SourceCheck("lab"))))
                        .isTrue();
                if (!leased(specs().getOrDefault(second, new JobSpec.SourceCheck("lab")))) {
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
