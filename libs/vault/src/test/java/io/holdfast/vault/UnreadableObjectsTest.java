package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.StorageException;
import io.holdfast.vault.ChainReport.Trouble;
import io.holdfast.vault.VaultException.Kind;
import io.holdfast.vault.chain.ChainEnd;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Single objects that a store has and cannot read, be it for a bad sector or a rotten copy; everything else it reads. */
class UnreadableObjectsTest {

    private final ScriptedStore store = new ScriptedStore();
    private final ModelDisk disk = Vaults.disk("vda", 2 << 20, 31);

    private void unreadable(Predicate<String> keys) {
        store.before = (request, key) -> {
            if ((request.equals("get") || request.equals("range")) && keys.test(key)) {
                throw new StorageException(StorageException.Kind.UNAVAILABLE, "Input/output error");
            }
        };
    }

    /** The key of the manifest with this number; there is one machine. */
    private String manifest(long sequence) {
        String any = store.objects.ceilingKey("points/");
        return any.substring(0, any.lastIndexOf('/') + 1) + String.format("%016x", sequence);
    }

    private static List<Trouble> troubles(Vault vault, PointManifest head) {
        return vault.checkChain("vm-1", Optional.of(head.head())).findings().stream()
                .map(ChainReport.Finding::trouble)
                .toList();
    }

    @Test
    void aManifestThatCannotBeReadHidesNoOtherPointAndStopsNoBackup() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", disk);
            PointManifest two = Vaults.full(vault, "two", disk);
            PointManifest three = Vaults.full(vault, "three", disk);
            unreadable(manifest(3)::equals);
            assertThat(vault.point(one.id(), "vm-1")).contains(one);
            int before = store.requests.get();
            assertThat(vault.point(two.id(), "vm-1", OptionalLong.of(2))).contains(two);
            assertThat(store.requests.get() - before).isEqualTo(1);
            assertThat(vault.bases("vm-1", Set.of(two.id(), three.id()), 8))
                    .isEqualTo(new BasesFound(List.of(two.id()), List.of(3L)));
            disk.mutate(new Random(1));
            PointManifest four = Vaults.incremental(vault, "four", two, disk);
            assertThat(four.sequence()).isEqualTo(4);
            assertThat(four.previous()).contains(two.head());
            assertThat(four.skipped()).containsExactly(new ChainHead(3, ChainEnd.UNREAD));
            assertThat(four.notes()).anyMatch(note -> note.contains("3") && note.contains("could not be read"));
            Vaults.assertRestores(vault, four, "vda", disk.bytes);
            ChainReport report = vault.checkChain("vm-1", Optional.of(four.head()));
            assertThat(report.findings()).containsExactly(new ChainReport.Finding(Trouble.UNREADABLE, 3, manifest(3)));
            assertThat(report.intact()).isFalse();
            store.heal();
            assertThat(troubles(vault, four)).isEmpty();
            store.objects.remove(manifest(3));
            assertThat(troubles(vault, four)).containsExactly(Trouble.REMOVED);
        }
    }

    @Test
    void aPointWhoseOwnManifestCannotBeReadIsDamagedAndItsKeyNamed() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", disk);
            PointManifest two = Vaults.full(vault, "two", disk);
            unreadable(manifest(1)::equals);
            assertThatThrownBy(() -> vault.point(one.id(), "vm-1")).isInstanceOfSatisfying(VaultException.class, e -> {
                assertThat(e.kind()).isEqualTo(Kind.CORRUPT);
                assertThat(e.object()).contains(manifest(1));
            });
            assertThat(troubles(vault, two)).containsExactly(Trouble.UNREADABLE);
        }
    }

    @Test
    void aStoreThatDoesNotAnswerIsNotTakenForDamage() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", disk);
            store.failFrom(1);
            assertThatThrownBy(() -> vault.point(one.id(), "vm-1")).isInstanceOf(StorageException.class);
            store.failFrom(1);
            assertThatThrownBy(() -> vault.checkChain("vm-1", Optional.empty())).isInstanceOf(StorageException.class);
            store.failFrom(0);
            assertThatThrownBy(() -> vault.preflight(one)).isInstanceOf(StorageException.class);
        }
    }

    @Test
    void aJobWhoseManifestMayBeTheOneThatCannotBeReadMakesNoSecondPoint() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", disk);
            unreadable(manifest(1)::equals);
            Map<String, byte[]> before = Map.copyOf(store.objects);
            assertThatThrownBy(() -> Vaults.full(vault, "one", disk))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN));
            assertThatThrownBy(() -> vault.committed("vm-1", "one"))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN));
            assertThat(store.objects).containsOnlyKeys(before.keySet());
            store.heal();
            assertThat(Vaults.full(vault, "one", disk)).isEqualTo(one);
        }
    }

    @Test
    void aJobThatBeganBehindAManifestThatCannotBeReadGoesOnAfterItsAttemptDied() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", disk);
            unreadable(manifest(1)::equals);
            vault.begin(Vaults.intent("two", Optional.empty())).close();
            PointManifest two = Vaults.full(vault, "two", disk);
            assertThat(two.sequence()).isEqualTo(2);
            assertThat(two.previous()).isEmpty();
            assertThat(vault.committed("vm-1", "two")).contains(two);
        }
    }

    @Test
    void whatSomebodyPutFarAboveTheChainDoesNotUseUpItsNumbers() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", disk);
            String far = manifest(Long.MAX_VALUE);
            store.objects.put(far, new byte[3]);
            unreadable(far::equals);
            vault.begin(Vaults.intent("two", Optional.empty())).close();
            PointManifest two = Vaults.full(vault, "two", disk);
            assertThat(two.sequence()).isEqualTo(2);
            assertThat(two.skipped()).isEmpty();
            assertThat(troubles(vault, two)).containsExactly(Trouble.UNREADABLE);
        }
    }

    @Test
    void aPackThatCannotBeReadIsDamagedAndNamedWithTheDisksRange() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "one", disk);
            String pack = store.objects.ceilingKey("packs/");
            unreadable(pack::equals);
            assertThat(vault.preflight(point).damages())
                    .isNotEmpty()
                    .allMatch(damage ->
                            damage.object().equals(pack) && damage.disk().equals("vda"));
            assertThatThrownBy(() -> Vaults.read(vault, point, "vda"))
                    .isInstanceOfSatisfying(VaultException.class, e -> {
                        assertThat(e.kind()).isEqualTo(Kind.CORRUPT);
                        assertThat(e.object()).contains(pack);
                        assertThat(e.disk()).contains("vda");
                        assertThat(e.range()).isPresent();
                    });
        }
    }

    @Test
    void aKeySlotThatCannotBeReadIsNamedUnlessAnotherOneOpens() {
        Vaults.create(store).close();
        String real = store.objects.ceilingKey("keys/");
        String planted = "keys/" + "0".repeat(32);
        store.objects.put(planted, new byte[208]);
        unreadable(planted::equals);
        Vault.open(store, Vaults.PASSPHRASE).close();
        unreadable(real::equals);
        store.objects.remove(planted);
        assertThatThrownBy(() -> Vault.open(store, Vaults.PASSPHRASE))
                .isInstanceOfSatisfying(VaultException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.CORRUPT);
                    assertThat(e.object()).contains(real);
                });
    }

    @Test
    void sessionsAndJournalsThatCannotBeReadOnlyCostTime() throws Exception {
        ModelDisk noise = new ModelDisk("vda", 8 << 20);
        byte[] bytes = new byte[8 << 20];
        new Random(2).nextBytes(bytes);
        noise.fill(0, bytes.length / ModelDisk.UNIT, bytes, new Random(3));
        DiskSource source = noise.freeze(Optional.empty(), Optional.empty());
        BackupIntent intent = Vaults.intent("job", Optional.empty());
        try (Vault vault = Vaults.create(store)) {
            store.after = (request, key) -> {
                if (request.equals("put") && key.startsWith("journal/")) {
                    store.failFrom(0);
                }
            };
            assertThatThrownBy(() -> Vaults.backup(vault, intent, source)).isInstanceOf(RuntimeException.class);
            store.heal();
            assertThat(store.objects.keySet()).anyMatch(key -> key.startsWith("journal/"));
            Set<String> rotten = Set.copyOf(store.objects.keySet());
            unreadable(key -> rotten.contains(key) && (key.startsWith("journal/") || key.startsWith("sessions/")));
            PointManifest point = Vaults.backup(vault, intent, source);
            Vaults.assertRestores(vault, point, "vda", noise.bytes);
            assertThat(Vaults.backup(vault, intent, source)).isEqualTo(point);
            assertThat(vault.points("vm-1")).containsExactly(point);
        }
    }
}
