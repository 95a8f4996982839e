package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Points copied into another vault are the same points, and what they share is read once. */
class PointSourceTest {

    private final ScriptedStore store = new ScriptedStore();
    private final ScriptedStore otherStore = new ScriptedStore();

    @Test
    void differencesAreExactlyTheLeavesThatAreNotShared() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            ModelDisk disk = Vaults.disk("vda", 9 << 20, random.nextLong());
            try (Vault vault = Vaults.create(new ScriptedStore())) {
                PointManifest first = Vaults.full(vault, "first", disk);
                byte[] before = disk.bytes.clone();
                for (int i = 0; i < random.nextInt(6); i++) {
                    disk.mutate(random);
                }
                PointManifest second = Vaults.incremental(vault, "second", first, disk);
                BitSet leaves = new BitSet();
                long last = -1;
                for (var it = vault.differences(second, first, "vda").orElseThrow(); it.hasNext(); ) {
                    Range range = it.next();
                    assertThat(range.offset()).isGreaterThan(last);
                    last = range.end();
                    leaves.set((int) (range.offset() >> 17), (int) ((range.end() + (1 << 17) - 1) >> 17));
                }
                BitSet differ = new BitSet();
                for (int at = 0; at < before.length; at++) {
                    if (before[at] != disk.bytes[at]) {
                        differ.set(at >> 17);
                    }
                }
                BitSet missing = (BitSet) differ.clone();
                missing.andNot(leaves);
                assertThat(missing.isEmpty()).as("round %d", round).isTrue();
                // A leaf whose blocks are what they were is shared: only what was written is told.
                assertThat(leaves.cardinality()).isEqualTo(differ.cardinality());
            }
        }
    }

    @Test
    void aChainOfPointsIsCopiedAndRestoresInTheOtherVault() throws Exception {
        ModelDisk disk = Vaults.disk("vda", (5 << 20) + 512, 2);
        List<PointManifest> points = new ArrayList<>();
        List<byte[]> contents = new ArrayList<>();
        Random random = new Random(3);
        try (Vault vault = Vaults.create(store);
                Vault other = Vaults.create(otherStore)) {
            points.add(Vaults.full(vault, "0", disk));
            contents.add(disk.bytes.clone());
            for (int i = 1; i < 5; i++) {
                disk.mutate(random);
                points.add(Vaults.incremental(vault, "" + i, points.getLast(), disk));
                contents.add(disk.bytes.clone());
            }
            Optional<PointManifest> before = Optional.empty();
            long read = 0;
            for (PointManifest point : points) {
                BackupIntent intent = new BackupIntent(
                        point.vm(),
                        point.vmName(),
                        point.source(),
                        "copy of " + point.id(),
                        point.id(),
                        point.moment(),
                        point.kind(),
                        before.map(PointManifest::id));
                PointManifest copied = Vaults.backup(other, intent, new PointSource(vault, point, "vda", before));
                read += copied.sizes().read();
                before = Optional.of(point);
            }
            List<PointManifest> copies = other.points("vm-1");
            assertThat(copies)
                    .extracting(PointManifest::id)
                    .isEqualTo(points.stream().map(PointManifest::id).toList());
            for (int i = 0; i < points.size(); i++) {
                Vaults.assertRestores(other, copies.get(i), "vda", contents.get(i));
            }
            assertThat(read).isLessThan(3L * disk.bytes.length);
            assertThat(other.checkChain("vm-1", Optional.empty()).intact()).isTrue();
        }
    }

    @Test
    void aCopyThatIsCutOffAtAnyRequestOfEitherVaultIsGoneOnWith() throws Exception {
        ModelDisk disk = new ModelDisk("vda", 2 << 20);
        byte[] noise = new byte[2 << 20];
        new Random(4).nextBytes(noise);
        disk.fill(0, noise.length / ModelDisk.UNIT, noise, new Random(4));
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "0", disk);
            for (ScriptedStore cut : List.of(store, otherStore)) {
                boolean finished = false;
                for (int n = 0; !finished; n++) {
                    otherStore.objects.clear();
                    try (Vault other = Vaults.create(otherStore)) {
                        cut.failFrom(n);
                        finished = copies(vault, other, point);
                        cut.heal();
                        assertThat(other.points("vm-1")).hasSizeLessThan(2);
                        assertThat(copies(vault, other, point)).isTrue();
                        assertThat(other.points("vm-1")).hasSize(1);
                        Vaults.assertRestores(other, other.points("vm-1").getFirst(), "vda", disk.bytes);
                        CollectReport _ = other.collect(CollectTest.patient(java.time.Duration.ZERO, () -> {}));
                        Vaults.assertRestores(other, other.points("vm-1").getFirst(), "vda", disk.bytes);
                    }
                }
            }
        }
    }

    private static boolean copies(Vault vault, Vault other, PointManifest point) throws InterruptedException {
        BackupIntent intent = new BackupIntent(
                point.vm(),
                point.vmName(),
                point.source(),
                "copy of " + point.id(),
                point.id(),
                point.moment(),
                point.kind(),
                Optional.empty());
        try {
            PointManifest _ = Vaults.backup(other, intent, new PointSource(vault, point, "vda", Optional.empty()));
            return true;
        } catch (io.holdfast.storage.StorageException | VaultException e) {
            return false;
        }
    }
}
