package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Chains in which much has happened: collections go on, records stay few. */
class LongLivedChainTest extends SeveralPrograms {

    @Test
    void aFenceDoesNotHoldTheFloor() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            try (BackupSession dead = vault.begin(Vaults.intent("dead", Optional.empty()))) {
                dead.backup(whole(noise(1 << 20)), ProgressListener.NONE);
            }
            vault.collect(CollectTest.patient(Duration.ZERO, () -> {}));
            ModelDisk disk = Vaults.disk("vda", 5000, 2);
            List<PointManifest> kept = new ArrayList<>();
            for (int day = 0; day < 40; day++) {
                kept.add(Vaults.full(vault, "day-" + day, disk));
                if (kept.size() > 3) {
                    vault.forget("vm-1", Set.of(kept.removeFirst().id()));
                }
            }
            vault.collect(CollectTest.patient(Duration.ZERO, () -> {}));
            vault.forget("vm-1", Set.of(kept.removeFirst().id()));
            assertThat(vault.parts().log().removal("vm-1").orElseThrow().removed())
                    .hasSizeLessThan(20);
        }
    }

    @Test
    void aDeadSessionOfAMachineThatIsBackedUpOftenIsDeclaredDead() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            try (BackupSession dead = vault.begin(Vaults.intent("dead", Optional.empty()))) {
                dead.backup(whole(noise(1 << 20)), ProgressListener.NONE);
            }
            awaitPacks(1);
            AtomicInteger polls = new AtomicInteger();
            Runnable busy = () -> unchecked(() -> Vaults.full(vault, "other-" + polls.incrementAndGet(), small()));
            CollectReport report = vault.collect(CollectTest.patient(Duration.ofMinutes(15), busy));
            assertThat(polls.get()).isGreaterThan(10);
            assertThat(report.fenced())
                    .extracting(CollectReport.Unfinished::job)
                    .containsExactly("dead");
        }
    }

    @Test
    void aCollectionAsksTheStoreSoOftenForEachPoint() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            int points = 0;
            for (int vm = 0; vm < 30; vm++) {
                for (int i = 0; i < 7; i++) {
                    Vaults.backup(
                            vault,
                            Vaults.intent("machine-" + vm, "j" + i, Optional.empty()),
                            Vaults.disk("vda", 5000, i + vm).freeze(Optional.empty(), Optional.empty()));
                    points++;
                }
            }
            vault.collect(CollectOptions.defaults());
            vault.collect(CollectOptions.defaults());
            int before = store.requests.get();
            vault.collect(CollectOptions.defaults());
            assertThat(store.requests.get() - before).isLessThan(4 * points);
            List<PointManifest> some = vault.points("machine-1");
            vault.forget("machine-1", Set.of(some.getFirst().id()));
            before = store.requests.get();
            vault.collect(CollectOptions.defaults());
            assertThat(store.requests.get() - before).isLessThan(12 * points);
        }
    }

    @Test
    void aGapRecordStopsNoCollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", small());
            PointManifest two = Vaults.full(vault, "two", small());
            store.objects.remove(keys("points/").getLast());
            BackupIntent i = Vaults.intent("three", Optional.empty());
            BackupIntent knowing = new BackupIntent(
                    i.vm(),
                    i.vmName(),
                    i.source(),
                    i.job(),
                    i.point(),
                    i.moment(),
                    i.kind(),
                    i.base(),
                    Optional.of(two.head()));
            Vaults.backup(vault, knowing, small().freeze(Optional.empty(), Optional.empty()));
            List<PointManifest> kept = new ArrayList<>(vault.points("vm-1"));
            for (int n = 0; n < 5; n++) {
                kept.add(Vaults.full(vault, "more-" + n, small()));
                vault.forget("vm-1", Set.of(kept.removeFirst().id()));
            }
            CollectReport report = vault.collect(CollectOptions.defaults());
            assertThat(report.obstacles()).isEmpty();
        }
    }

    @Test
    void aJobThatCommittedIsAdoptedAfterACollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            DiskSource source = whole(noise(1 << 20));
            PointManifest done = Vaults.backup(vault, Vaults.intent("job", Optional.empty()), source);
            vault.collect(CollectOptions.defaults());
            Vaults.full(vault, "two", small());
            Vaults.full(vault, "three", small());
            assertThat(vault.committed("vm-1", "job")).contains(done);
            Vaults.backup(vault, Vaults.intent("job", Optional.empty()), source);
            assertThat(vault.points("vm-1")).extracting(PointManifest::id).doesNotHaveDuplicates();
        }
    }
}
