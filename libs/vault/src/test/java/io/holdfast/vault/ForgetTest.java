package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.StorageException;
import io.holdfast.vault.ChainReport.Trouble;
import io.holdfast.vault.chain.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Points that are removed, and chains that remember it. */
class ForgetTest {

    private final ScriptedStore store = new ScriptedStore();

    private static List<PointManifest> chain(Vault vault, int points) throws InterruptedException {
        ModelDisk disk = Vaults.disk("vda", 300_000, 1);
        List<PointManifest> made = new ArrayList<>();
        made.add(Vaults.full(vault, "job-0", disk));
        for (int i = 1; i < points; i++) {
            disk.mutate(new Random(i));
            made.add(Vaults.incremental(vault, "job-" + i, made.getLast(), disk));
        }
        return made;
    }

    private static Set<UUID> ids(PointManifest... points) {
        Set<UUID> ids = new java.util.HashSet<>();
        for (PointManifest point : points) {
            ids.add(point.id());
        }
        return ids;
    }

    @Test
    void aForgottenPointIsGoneAndTheOthersRestoreAlone() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            ModelDisk disk = Vaults.disk("vda", 300_000, 1);
            PointManifest one = Vaults.full(vault, "one", disk);
            disk.mutate(new Random(5));
            PointManifest two = Vaults.incremental(vault, "two", one, disk);
            byte[] second = disk.bytes.clone();
            disk.mutate(new Random(6));
            PointManifest three = Vaults.incremental(vault, "three", two, disk);

            ForgetReport report = vault.forget("vm-1", ids(one, three));

            assertThat(report.removed()).containsExactlyInAnyOrder(one, three);
            assertThat(vault.points("vm-1")).containsExactly(two);
            assertThat(vault.point(one.id(), "vm-1")).isEmpty();
            assertThat(vault.newest("vm-1")).contains(two);
            assertThat(vault.bases("vm-1", ids(one, two, three), 8).points()).containsExactly(two.id());
            assertThat(vault.collect(CollectOptions.defaults()).points()).isEqualTo(1);
            assertThat(store.objects.keySet())
                    .noneMatch(key -> key.startsWith("points/") && key.endsWith("/000000000000000" + three.sequence()));
            Vaults.assertRestores(vault, two, "vda", second);
            ChainReport chain = vault.checkChain("vm-1", report.head());
            assertThat(chain.findings()).isEmpty();
            assertThat(chain.manifests()).isEqualTo(1);
            assertThat(chain.head()).isEqualTo(report.head());
        }
    }

    @Test
    void forgettingTwiceChangesNothingAndSaysSo() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            List<PointManifest> made = chain(vault, 3);
            vault.forget("vm-1", ids(made.get(1)));
            Map<String, byte[]> before = new TreeMap<>(store.objects);
            UUID never = UUID.randomUUID();
            ForgetReport again = vault.forget("vm-1", Set.of(made.get(1).id(), never));
            assertThat(again.removed()).isEmpty();
            assertThat(again.already()).containsExactly(made.get(1).id());
            assertThat(again.unknown()).containsExactly(never);
            assertThat(again.head()).isEmpty();
            assertThat(store.objects).containsExactlyEntriesOf(before);
        }
    }

    @Test
    void aRemovedManifestThatSomebodyPutsBackDoesNotCount() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            List<PointManifest> made = chain(vault, 3);
            Map<String, byte[]> before = new TreeMap<>(store.objects);
            vault.forget("vm-1", ids(made.get(1)));
            before.forEach(store.objects::putIfAbsent);
            assertThat(vault.points("vm-1")).containsExactly(made.get(0), made.get(2));
            assertThat(vault.checkChain("vm-1", Optional.empty()).findings()).isEmpty();
        }
    }

    @Test
    void aManifestThatWasRemovedByNobodyIsStillNoticed() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            List<PointManifest> made = chain(vault, 5);
            vault.forget("vm-1", ids(made.get(1)));
            store.objects.keySet().removeIf(key -> key.matches("points/.*0004"));
            assertThat(vault.checkChain("vm-1", Optional.empty()).findings())
                    .extracting(ChainReport.Finding::trouble)
                    .containsExactly(Trouble.REMOVED);
        }
    }

    @Test
    void whenTheNewestRemovalRecordIsDamagedTheOneBeforeItStillCounts() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            List<PointManifest> made = chain(vault, 4);
            vault.forget("vm-1", ids(made.get(1)));
            ForgetReport last = vault.forget("vm-1", ids(made.get(2)));
            Vaults.full(vault, "later", Vaults.disk("vda", 1000, 1));
            String newest = store.objects.keySet().stream()
                    .filter(key -> key.matches("points/.*"
                            + Long.toHexString(last.head().orElseThrow().sequence())))
                    .findFirst()
                    .orElseThrow();
            byte[] flipped = store.object(newest);
            flipped[100] ^= 1;
            store.objects.put(newest, flipped);
            assertThat(vault.points("vm-1"))
                    .extracting(PointManifest::job)
                    .as("what only the damaged record removed is there again")
                    .containsExactly("job-0", "job-2", "job-3", "later");
            assertThat(vault.checkChain("vm-1", Optional.empty()).intact()).isFalse();
        }
    }

    @Test
    void aYearOfDailyBackupsAndRemovalsLeavesTwoRemovalRecords() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            List<PointManifest> kept = new ArrayList<>(chain(vault, 7));
            ModelDisk disk = Vaults.disk("vda", 5000, 2);
            for (int day = 0; day < 60; day++) {
                kept.add(Vaults.full(vault, "day-" + day, disk));
                vault.forget("vm-1", ids(kept.removeFirst()));
                if (day % 7 == 0) {
                    vault.collect(CollectOptions.defaults());
                }
            }
            vault.collect(CollectOptions.defaults());
            assertThat(vault.points("vm-1")).isEqualTo(kept);
            List<Slot> records = vault.parts().log().sequences("vm-1", 0).stream()
                    .map(sequence -> vault.parts().log().read("vm-1", sequence))
                    .toList();
            assertThat(records).filteredOn(Slot.Removal.class::isInstance).hasSize(2);
            assertThat(records).hasSize(kept.size() + 2);
            assertThat(vault.parts().log().removal("vm-1").orElseThrow().removed())
                    .as("what the newest record has to say")
                    .hasSizeLessThan(20);
            assertThat(vault.checkChain("vm-1", Optional.of(kept.getLast().head()))
                            .findings())
                    .isEmpty();
        }
    }

    @Test
    void allPointsMayGoAndTheNextBackupGoesOnInTheSameChain() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            List<PointManifest> made = chain(vault, 3);
            vault.forget("vm-1", ids(made.toArray(PointManifest[]::new)));
            assertThat(vault.points("vm-1")).isEmpty();
            assertThat(vault.vms()).containsExactly("vm-1");
            PointManifest next = Vaults.full(vault, "next", Vaults.disk("vda", 5000, 2));
            assertThat(next.sequence()).isEqualTo(5);
            assertThat(vault.checkChain("vm-1", Optional.of(made.getLast().head()))
                            .findings())
                    .as("what is known was removed as it should be")
                    .isEmpty();
        }
    }

    @Test
    void twoWhoForgetAtOnceLoseNothing() throws Exception {
        try (Vault vault = Vaults.create(store);
                Vault other = Vault.open(new ScriptedStore(store.objects), Vaults.PASSPHRASE, Vaults.SMALL)) {
            List<PointManifest> made = chain(vault, 4);
            boolean[] done = {false};
            store.before = (request, key) -> {
                if (request.equals("put") && !done[0]) {
                    done[0] = true;
                    try {
                        other.forget("vm-1", ids(made.get(1)));
                        Vaults.full(other, "between", Vaults.disk("vda", 1000, 1));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            vault.forget("vm-1", ids(made.get(0), made.get(2)));
            store.heal();
            assertThat(vault.points("vm-1")).extracting(PointManifest::job).containsExactly("job-3", "between");
            assertThat(vault.checkChain("vm-1", Optional.empty()).findings()).isEmpty();
        }
    }

    @Test
    void aWriterThatSleptWhileItsNumberWasGivenAndFreedGoesToTheEnd() throws Exception {
        ModelDisk disk = Vaults.disk("vda", 300_000, 9);
        try (Vault vault = Vaults.create(store);
                Vault other = Vault.open(new ScriptedStore(store.objects), Vaults.PASSPHRASE, Vaults.SMALL);
                BackupSession slow = vault.begin(Vaults.intent("slow", Optional.empty()))) {
            slow.backup(disk.freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            boolean[] done = {false};
            store.before = (request, key) -> {
                if (request.equals("put") && key.startsWith("points/") && !done[0]) {
                    done[0] = true;
                    try {
                        PointManifest taken = Vaults.full(other, "fast", Vaults.disk("vda", 1000, 1));
                        assertThat(key).endsWith(Long.toString(taken.sequence()));
                        other.forget("vm-1", ids(taken));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            PointManifest point = slow.commit(Vaults.FACTS);
            store.heal();
            assertThat(point.sequence()).isEqualTo(3);
            assertThat(vault.points("vm-1")).containsExactly(point);
            Vaults.assertRestores(vault, point, "vda", disk.bytes);
            vault.forget("vm-1", Set.of());
            assertThat(vault.checkChain("vm-1", Optional.of(point.head())).findings())
                    .isEmpty();
        }
    }

    @Test
    void afterACrashAtAnyRequestAPointIsThereOrGoneAndForgettingAgainEndsIt() throws Exception {
        boolean succeeded = false;
        for (int n = 0; !succeeded; n++) {
            ScriptedStore one = new ScriptedStore();
            try (Vault vault = Vaults.create(one)) {
                List<PointManifest> made = chain(vault, 4);
                vault.forget("vm-1", ids(made.get(0)));
                one.failFrom(n);
                try {
                    vault.forget("vm-1", ids(made.get(2)));
                    succeeded = true;
                } catch (StorageException | VaultException e) {
                    assertThatThrownBy(() -> vault.points("vm-1")).isInstanceOf(StorageException.class);
                }
                one.heal();
                assertThat(vault.points("vm-1"))
                        .contains(made.get(1), made.get(3))
                        .doesNotContain(made.get(0));
                vault.forget("vm-1", ids(made.get(2)));
                assertThat(vault.points("vm-1")).containsExactly(made.get(1), made.get(3));
                assertThat(vault.checkChain("vm-1", Optional.empty()).findings())
                        .isEmpty();
                vault.collect(CollectOptions.defaults());
                assertThat(vault.points("vm-1")).containsExactly(made.get(1), made.get(3));
                assertThat(one.objects.keySet().stream().filter(key -> key.startsWith("points/")))
                        .as("two points, two removal records")
                        .hasSize(4);
            }
        }
    }
}
