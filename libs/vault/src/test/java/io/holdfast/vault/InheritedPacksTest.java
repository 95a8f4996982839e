package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.vault.PointManifest.Disk;
import io.holdfast.vault.PointManifest.ReadMode;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An incremental inherits packs that it does not read: it has to look whether they are there. */
class InheritedPacksTest {

    interface Harm {
        void to(ScriptedStore store, String pack);
    }

    static Stream<Harm> harms() {
        return Stream.of(
                (store, pack) -> store.objects.remove(pack),
                (store, pack) -> store.objects.put(pack, new byte[100]),
                (store, pack) -> {
                    byte[] bad = store.object(pack);
                    bad[bad.length - 70] ^= (byte) 1;
                    store.objects.put(pack, bad);
                },
                (store, pack) -> store.before = (request, key) -> {
                    if (key.equals(pack)) {
                        throw ScriptedStore.unavailable();
                    }
                });
    }

    private static String packOf(Disk disk) {
        String id = disk.packs().getFirst().id();
        return "packs/" + id.substring(0, 2) + "/" + id;
    }

    @ParameterizedTest
    @MethodSource("harms")
    void aDiskWhoseBaseLostAPackIsReadInFullAndSaysSoAndTheOtherOneIsNot(Harm harm) throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk one = Vaults.disk("vda", 2 << 20, 1);
        ModelDisk two = Vaults.disk("vdb", 2 << 20, 2);
        try (Vault vault = Vaults.create(store)) {
            // Each disk in packs of its own: a session of its own for each.
            PointManifest first = Vaults.full(vault, "first", one);
            PointManifest both = Vaults.full(vault, "both", two);
            harm.to(store, packOf(first.disk("vda").orElseThrow()));
            one.mutate(new Random(3));
            two.mutate(new Random(4));
            DiskSource sourceOne = one.freeze(Optional.of(one.takeChanged()), Optional.of(first.id()));
            DiskSource sourceTwo = two.freeze(Optional.of(two.takeChanged()), Optional.of(both.id()));
            PointManifest next =
                    Vaults.backup(vault, Vaults.intent("next", Optional.of(both.id())), sourceOne, sourceTwo);
            Disk full = next.disk("vda").orElseThrow();
            assertThat(full.mode()).isEqualTo(ReadMode.FULL);
            assertThat(full.base()).isEmpty();
            assertThat(full.fullReason().orElseThrow()).contains("base").contains("pack");
            assertThat(next.disk("vdb").orElseThrow().mode()).isEqualTo(ReadMode.CHANGED);
            assertThat(vault.preflight(next).damages()).isEmpty();
            Vaults.assertRestores(vault, next, "vda", one.bytes);
            Vaults.assertRestores(vault, next, "vdb", two.bytes);
        }
    }

    @Test
    void aFullReadThatIsComparedWithADamagedBaseTakesNothingFromIt() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 2 << 20, 5);
        try (Vault vault = Vaults.create(store)) {
            PointManifest full = Vaults.full(vault, "full", disk);
            store.objects.keySet().removeIf(key -> key.startsWith("packs/"));
            DiskSource again = disk.freeze(Optional.empty(), Optional.empty());
            PointManifest next = Vaults.backup(vault, Vaults.intent("next", Optional.of(full.id())), again);
            assertThat(next.disk("vda").orElseThrow().base()).isEmpty();
            Vaults.assertRestores(vault, next, "vda", disk.bytes);
        }
    }

    @Test
    void preflightFindsADamagedMapNodeAndOnlyForTheDiskThatNeedsIt() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk one = Vaults.disk("vda", 1 << 20, 6);
        ModelDisk two = Vaults.disk("vdb", 1 << 20, 7);
        int found = 0;
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "both", one, two);
            List<String> packs = store.objects.keySet().stream()
                    .filter(key -> key.startsWith("packs/"))
                    .toList();
            for (String pack : packs) {
                byte[] good = store.object(pack);
                // Nodes are among the last frames; what follows them is the hash list, and at the very end the
                // directory.
                for (int at = Math.max(16, good.length - 20_000); at < good.length - 1000; at += 53) {
                    byte[] bad = good.clone();
                    bad[at] ^= (byte) 1;
                    store.objects.put(pack, bad);
                    List<String> refused = vault.preflight(point).damages().stream()
                            .map(PreflightReport.Damage::disk)
                            .toList();
                    for (String key : List.of("vda", "vdb")) {
                        boolean walks = walks(vault, point, key);
                        assertThat(refused.contains(key))
                                .as("byte %d, disk %s", at, key)
                                .isEqualTo(!walks);
                        found += walks ? 0 : 1;
                    }
                }
                store.objects.put(pack, good);
            }
        }
        assertThat(found).as("damaged nodes").isPositive();
    }

    /** Whether the whole map of a disk can be read; its blocks are not. */
    private static boolean walks(Vault vault, PointManifest point, String key) {
        try {
            DiskReader disk = vault.open(point).disk(key);
            disk.allocated(0, disk.size());
            return true;
        } catch (VaultException e) {
            return false;
        }
    }
}
