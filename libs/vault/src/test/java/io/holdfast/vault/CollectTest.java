package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.format.GenerationRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What nothing needs is deleted; what somebody may need is not. */
class CollectTest extends SeveralPrograms {

    static CollectOptions patient(Duration patience, Runnable whilePausing) {
        long[] now = {0};
        return new CollectOptions(
                false,
                Optional.of(patience),
                false,
                Map.of(),
                new MonotonicClock() {
                    @Override
                    public long nanos() {
                        return now[0];
                    }

                    @Override
                    public void pause(Duration time) {
                        now[0] += time.toNanos();
                        whilePausing.run();
                    }
                },
                sessions -> {});
    }

    @Test
    void whatOnlyAForgottenPointNeededIsDeletedByOneCollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            ModelDisk disk = noise(3 << 20);
            PointManifest one = Vaults.full(vault, "one", disk);
            PointManifest two = Vaults.full(vault, "two", disk);
            vault.forget("vm-1", ids(one));
            Map<String, byte[]> before = new TreeMap<>(store.objects);
            CollectOptions look = new CollectOptions(
                    true, Optional.empty(), false, Map.of(), MonotonicClock.system(), sessions -> {});
            CollectReport would = vault.collect(look);
            assertThat(store.objects).as("a dry run changes nothing").containsExactlyEntriesOf(before);

            CollectReport did = vault.collect(CollectOptions.defaults());

            assertThat(did).isEqualTo(would);
            assertThat(did.deletedPacks()).isEqualTo(did.garbagePacks()).isPositive();
            assertThat(keys("packs/"))
                    .containsExactlyInAnyOrderElementsOf(two.packs()
                            .map(id -> "packs/" + id.substring(0, 2) + "/" + id)
                            .toList());
            assertThat(keys("sessions/")).isEmpty();
            assertThat(keys("journal/")).isEmpty();
            Vaults.assertRestores(vault, two, "vda", disk.bytes);
            int requests = store.requests.get();
            assertThat(vault.collect(CollectOptions.defaults()).garbagePacks()).isZero();
            assertThat(store.requests.get() - requests)
                    .as("requests when there is nothing")
                    .isLessThan(40);
        }
    }

    @Test
    void whatASharedPackHoldsForAnotherPointStays() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            ModelDisk disk = noise(3 << 20);
            PointManifest one = Vaults.full(vault, "one", disk);
            disk.mutate(new Random(3));
            PointManifest two = Vaults.incremental(vault, "two", one, disk);
            vault.forget("vm-1", ids(one));
            vault.collect(CollectOptions.defaults());
            Vaults.assertRestores(vault, two, "vda", disk.bytes);
            assertThat(vault.preflight(two).damages()).isEmpty();
        }
    }

    @Test
    void packsOfABackupThatIsUnderWayAreKeptAndItsPointIsABaseAfterwards() throws Exception {
        ModelDisk disk = noise(3 << 20);
        try (Vault vault = Vaults.create(store);
                BackupSession session = vault.begin(Vaults.intent("slow", Optional.empty()))) {
            session.backup(whole(disk), ProgressListener.NONE);
            awaitPacks(3);
            disk.takeChanged();
            for (int i = 0; i < 5; i++) {
                CollectReport report = vault.collect(CollectOptions.defaults());
                assertThat(report.deletedPacks()).isZero();
                assertThat(report.waitingFor())
                        .extracting(CollectReport.Unfinished::job)
                        .containsExactly("slow");
            }
            PointManifest point = session.commit(Vaults.FACTS);
            disk.mutate(new Random(2));
            PointManifest next = Vaults.incremental(vault, "next", point, disk);
            assertThat(next.disk("vda").orElseThrow().fullReason()).isEmpty();
            vault.collect(CollectOptions.defaults());
            Vaults.assertRestores(vault, next, "vda", disk.bytes);
        }
    }

    @Test
    void aSessionOfWhichNothingIsHeardIsDeclaredDeadAndCannotCommit() throws Exception {
        ModelDisk disk = noise(3 << 20);
        DiskSource source = whole(disk);
        try (Vault vault = Vaults.create(store)) {
            BackupSession dead = vault.begin(Vaults.intent("dead", Optional.empty()));
            dead.backup(source, ProgressListener.NONE);
            awaitPacks(3);
            CollectReport report = vault.collect(patient(Duration.ofMinutes(15), () -> {}));
            assertThat(report.fenced())
                    .extracting(CollectReport.Unfinished::job)
                    .containsExactly("dead");
            assertThat(report.deletedPacks()).isPositive();
            assertThat(keys("packs/")).isEmpty();
            assertThatThrownBy(() -> dead.commit(Vaults.FACTS))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.FENCED));
            dead.close();
            assertThat(vault.points("vm-1")).isEmpty();
            PointManifest again = Vaults.backup(vault, Vaults.intent("dead", Optional.empty()), source);
            Vaults.assertRestores(vault, again, "vda", disk.bytes);
            assertThat(vault.checkChain("vm-1", Optional.empty()).findings()).isEmpty();
        }
    }

    @Test
    void aSessionThatGivesASignOfLifeIsWaitedFor() throws Exception {
        ModelDisk disk = noise(2 << 20);
        try (Vault vault = Vaults.create(store);
                BackupSession alive = vault.begin(Vaults.intent("alive", Optional.empty()))) {
            alive.backup(whole(disk), ProgressListener.NONE);
            awaitPacks(3);
            String id = keys("sessions/").getFirst().replaceAll(".*/", "");
            Runnable beat = () -> store.objects.put("beats/" + id + "/00", new byte[1]);
            CollectReport report = vault.collect(patient(Duration.ofMinutes(15), beat));
            assertThat(report.fenced()).isEmpty();
            assertThat(report.waitingFor()).hasSize(1);
            PointManifest point = alive.commit(Vaults.FACTS);
            Vaults.assertRestores(vault, point, "vda", disk.bytes);
            vault.collect(CollectOptions.defaults());
            assertThat(keys("beats/")).isEmpty();
        }
    }

    @Test
    void whoCommitsWhileItIsBeingDeclaredDeadWins() throws Exception {
        ModelDisk disk = noise(2 << 20);
        try (Vault vault = Vaults.create(store);
                Vault other = Vault.open(new ScriptedStore(store.objects), Vaults.PASSPHRASE, Vaults.SMALL);
                BackupSession session = other.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(whole(disk), ProgressListener.NONE);
            awaitPacks(3);
            List<PointManifest> committed = new ArrayList<>();
            store.before = (request, key) -> {
                if (request.equals("put") && key.startsWith("points/") && committed.isEmpty()) {
                    committed.add(session.commit(Vaults.FACTS));
                }
            };
            CollectReport report = vault.collect(patient(Duration.ofMinutes(15), () -> {}));
            store.heal();
            assertThat(report.fenced()).isEmpty();
            assertThat(report.deletedPacks()).isZero();
            Vaults.assertRestores(vault, committed.getFirst(), "vda", disk.bytes);
        }
    }

    @Test
    void whoIsDeclaredDeadWhileItCommitsLoses() throws Exception {
        ModelDisk disk = noise(2 << 20);
        ScriptedStore mine = new ScriptedStore(store.objects);
        try (Vault vault = Vaults.create(store);
                Vault own = Vault.open(mine, Vaults.PASSPHRASE, Vaults.SMALL);
                BackupSession session = own.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(whole(disk), ProgressListener.NONE);
            boolean[] once = {false};
            mine.before = (request, key) -> {
                if (request.equals("put") && key.startsWith("points/") && !once[0]) {
                    once[0] = true;
                    assertThat(vault.collect(patient(Duration.ZERO, () -> {})).fenced())
                            .hasSize(1);
                }
            };
            assertThatThrownBy(() -> session.commit(Vaults.FACTS))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.FENCED));
            assertThat(vault.points("vm-1")).isEmpty();
            assertThat(keys("packs/")).isEmpty();
        }
    }

    @Test
    void whoIsDeadDoesNotCommitAlthoughTheChainForgotWhy() throws Exception {
        ModelDisk disk = noise(2 << 20);
        try (Vault vault = Vaults.create(store);
                BackupSession session = vault.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(whole(disk), ProgressListener.NONE);
            awaitPacks(3);
            vault.collect(patient(Duration.ZERO, () -> {}));
            // So many points come and go that the record which declared it dead is below the floor.
            PointManifest one = Vaults.full(vault, "one", disk);
            PointManifest two = Vaults.full(vault, "two", disk);
            vault.forget("vm-1", Set.of(one.id(), two.id()));
            for (int i = 0; i < 3; i++) {
                vault.forget("vm-1", ids(Vaults.full(vault, "more-" + i, disk)));
            }
            vault.collect(patient(Duration.ZERO, () -> {}));
            assertThatThrownBy(() -> session.commit(Vaults.FACTS))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.FENCED));
        }
    }

    @Test
    void aSessionThatAGenerationOvertookIsBegunAgain() throws Exception {
        ScriptedStore mine = new ScriptedStore(store.objects);
        try (Vault vault = Vaults.create(store);
                Vault own = Vault.open(mine, Vaults.PASSPHRASE, Vaults.SMALL)) {
            vault.forget("vm-1", ids(Vaults.full(vault, "gone", noise(1 << 20))));
            boolean[] once = {false};
            mine.before = (request, key) -> {
                if (request.equals("put") && key.startsWith("sessions/") && !once[0]) {
                    once[0] = true;
                    vault.collect(CollectOptions.defaults());
                }
            };
            try (BackupSession session = own.begin(Vaults.intent("late", Optional.empty()))) {
                long newest = vault.parts().generations().newest().number();
                assertThat(newest).isPositive();
                assertThat(vault.parts().sessions().all())
                        .extracting(found -> found.record().orElseThrow().generation())
                        .as("the overtaken one is left to collections")
                        .containsExactlyInAnyOrder(0L, newest);
                assertThat(session.isCommittedAlready()).isFalse();
            }
        }
    }

    @Test
    void aCondemnedPackIsNotReferredToAnew() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            ModelDisk disk = noise(1 << 20);
            PointManifest base = Vaults.full(vault, "base", disk);
            String pack = base.packs().findFirst().orElseThrow();
            vault.parts()
                    .generations()
                    .put(new GenerationRecord(1, Vaults.NOW, List.of(), List.of(new GenerationRecord.Mark(pack, 1))));
            disk.mutate(new Random(2));
            PointManifest next = Vaults.incremental(vault, "next", base, disk);
            assertThat(next.disk("vda").orElseThrow().fullReason())
                    .get()
                    .asString()
                    .contains("condemned");
            assertThat(next.packs()).doesNotContain(pack);
            vault.collect(CollectOptions.defaults());
            assertThat(vault.parts().generations().newest().condemned())
                    .as("it stays condemned while the base needs it")
                    .extracting(GenerationRecord.Mark::pack)
                    .containsExactly(pack);
            vault.forget("vm-1", ids(base));
            vault.collect(CollectOptions.defaults());
            assertThat(keys("packs/")).noneMatch(key -> key.endsWith(pack));
            Vaults.assertRestores(vault, next, "vda", disk.bytes);
        }
    }

    @Test
    void aVaultWhoseChainIsDamagedIsNotCollectedUnlessAsked() throws Exception {
        ModelDisk disk = noise(3 << 20);
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", disk);
            PointManifest two = Vaults.full(vault, "two", disk);
            String first = keys("points/").getFirst();
            byte[] lost = store.object(first);
            store.objects.remove(first);
            CollectReport refused = vault.collect(CollectOptions.defaults());
            assertThat(refused.obstacles()).hasSize(1).first().asString().contains("removed");
            assertThat(refused.deletedPacks()).isZero();
            store.objects.put(first, lost);
            Vaults.assertRestores(vault, one, "vda", disk.bytes);

            store.objects.remove(first);
            CollectOptions despite = new CollectOptions(
                    false, Optional.of(Duration.ZERO), true, Map.of(), MonotonicClock.system(), sessions -> {});
            assertThat(vault.collect(despite).deletedPacks()).isPositive();
            Vaults.assertRestores(vault, two, "vda", disk.bytes);
        }
    }

    @Test
    void aVaultThatWasRolledBackIsNotCollectedByWhoKnowsIt() throws Exception {
        ModelDisk disk = noise(2 << 20);
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", disk);
            PointManifest two = Vaults.full(vault, "two", disk);
            store.objects.remove(keys("points/").getLast());
            CollectOptions knowing = new CollectOptions(
                    false,
                    Optional.empty(),
                    false,
                    Map.of("vm-1", two.head()),
                    MonotonicClock.system(),
                    sessions -> {});
            assertThat(vault.collect(knowing).obstacles()).isNotEmpty();
            CollectOptions missing = new CollectOptions(
                    false,
                    Optional.empty(),
                    false,
                    Map.of("vm-9", two.head()),
                    MonotonicClock.system(),
                    sessions -> {});
            assertThat(vault.collect(missing).obstacles()).isNotEmpty();
        }
    }

    @Test
    void afterACrashAtAnyRequestEveryPointRestoresAndTheNextCollectionEndsIt() throws Exception {
        boolean succeeded = false;
        int crashes = 0;
        for (int n = 0; !succeeded; n++) {
            ScriptedStore one = new ScriptedStore();
            ModelDisk disk = noise(1 << 20);
            try (Vault vault = Vaults.create(one)) {
                PointManifest gone = Vaults.full(vault, "gone", disk);
                PointManifest kept = Vaults.full(vault, "kept", disk);
                try (BackupSession dead = vault.begin(Vaults.intent("dead", Optional.empty()))) {
                    dead.backup(whole(disk), ProgressListener.NONE);
                }
                one.failFrom(0);
                assertThatThrownBy(() -> vault.forget("vm-1", ids(gone))).isInstanceOf(StorageException.class);
                one.heal();
                vault.forget("vm-1", ids(gone));
                one.failFrom(n);
                try {
                    vault.collect(patient(Duration.ofMinutes(1), () -> {}));
                    succeeded = true;
                } catch (StorageException | VaultException e) {
                    crashes++;
                }
                one.heal();
                Vaults.assertRestores(vault, kept, "vda", disk.bytes);
                vault.collect(patient(Duration.ofMinutes(1), () -> {}));
                assertThat(vault.points("vm-1")).containsExactly(kept);
                Vaults.assertRestores(vault, kept, "vda", disk.bytes);
                assertThat(keys(one, "packs/")).hasSize((int) kept.packs().count());
                assertThat(keys(one, "sessions/")).isEmpty();
                assertThat(keys(one, "journal/")).isEmpty();
                assertThat(keys(one, "generations/")).hasSizeLessThan(3);
            }
        }
        assertThat(crashes).as("requests of a collection").isGreaterThan(40);
    }
}
