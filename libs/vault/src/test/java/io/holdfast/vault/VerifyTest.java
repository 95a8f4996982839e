package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.vault.VerifyReport.Damage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A verification tells exactly what cannot be restored, and reads what points share only once. */
class VerifyTest {

    private final ScriptedStore store = new ScriptedStore();

    private static VerifyReport verify(Vault vault, PointManifest point) {
        return vault.verify(point, Optional.empty(), 100, bytes -> {});
    }

    /** The blocks of 4 KiB that a reader cannot read, found one by one. */
    private static List<Long> unreadable(Vault vault, PointManifest point, String key) {
        List<Long> blocks = new ArrayList<>();
        DiskReader reader = vault.open(point).disk(key);
        for (long at = 0; at < reader.size(); at += 4096) {
            try {
                reader.read(at, java.nio.ByteBuffer.allocate((int) Math.min(4096, reader.size() - at)));
            } catch (VaultException e) {
                blocks.add(at / 4096);
            }
        }
        return blocks;
    }

    private static List<Long> told(VerifyReport report, String key) {
        List<Long> blocks = new ArrayList<>();
        for (Damage damage : report.damages()) {
            if (damage.disk().equals(key)) {
                for (long at = damage.range().offset(); at < damage.range().end(); at += 4096) {
                    blocks.add(at / 4096);
                }
            }
        }
        return blocks;
    }

    @Test
    void whatIsWholeIsToldAsWholeAndAllOfItWasRead() throws Exception {
        ModelDisk disk = Vaults.disk("vda", (5 << 20) + 512, 1);
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "full", disk);
            AtomicLong heard = new AtomicLong();
            VerifyReport report = vault.verify(point, Optional.empty(), 100, heard::addAndGet);
            assertThat(report.damages()).isEmpty();
            assertThat(report.complete()).isTrue();
            long data = vault.open(point).disk("vda").allocated(0, disk.bytes.length).stream()
                    .mapToLong(Range::length)
                    .sum();
            assertThat(report.verifiedBytes()).isEqualTo(data).isPositive();
            assertThat(heard).hasValue(data);
        }
    }

    @Test
    void aFlippedBitAnywhereIsToldAsTheBlocksThatCannotBeRead() throws Exception {
        ModelDisk disk = Vaults.disk("vda", (3 << 20) + 512, 2);
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "full", disk);
            Random random = new Random(3);
            int damaged = 0;
            for (String pack : packs()) {
                byte[] good = store.object(pack);
                for (int i = 0; i < 20; i++) {
                    byte[] bad = good.clone();
                    bad[16 + random.nextInt(bad.length - 16)] ^= (byte) (1 << random.nextInt(8));
                    store.objects.put(pack, bad);
                    VerifyReport report = verify(vault, point);
                    List<Long> unreadable = unreadable(vault, point, "vda");
                    assertThat(told(report, "vda")).as(pack).isEqualTo(unreadable);
                    assertThat(report.damages()).extracting(Damage::object).containsOnly(containsOrNone(report, pack));
                    damaged += unreadable.size();
                }
                store.objects.put(pack, good);
            }
            assertThat(damaged).isPositive();
            assertThat(verify(vault, point).ok()).isTrue();
        }
    }

    private static String[] containsOrNone(VerifyReport report, String pack) {
        return report.damages().isEmpty() ? new String[0] : new String[] {pack};
    }

    @Test
    void aMissingPackIsNamed() throws Exception {
        ModelDisk disk = Vaults.disk("vda", 3 << 20, 4);
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "full", disk);
            store.objects.remove(packs().getFirst());
            assertThat(verify(vault, point).damages())
                    .isNotEmpty()
                    .allMatch(damage -> damage.kind() == VaultException.Kind.MISSING);
        }
    }

    @Test
    void pointsThatShareAreReadOnceAndDamageOfOneIsToldOfBoth() throws Exception {
        ModelDisk disk = Vaults.disk("vda", 6 << 20, 5);
        try (Vault vault = Vaults.create(store)) {
            PointManifest first = Vaults.full(vault, "full", disk);
            Random random = new Random(6);
            disk.fill(100, 140, new byte[] {7, 8, 9}, random);
            disk.discard(100, 101);
            PointManifest second = Vaults.incremental(vault, "next", first, disk);
            VerifyReport newest = verify(vault, second);
            VerifyReport older = vault.verify(first, Optional.of(newest), 100, bytes -> {});
            assertThat(older.ok()).isTrue();
            assertThat(older.verifiedBytes()).isPositive().isLessThan(newest.verifiedBytes() / 4);

            String pack = packs().stream()
                    .filter(key -> key.endsWith(
                            first.disks().getFirst().packs().getFirst().id()))
                    .findFirst()
                    .orElseThrow();
            byte[] bad = store.object(pack);
            bad[100] ^= (byte) 1;
            store.objects.put(pack, bad);
            VerifyReport newestNow = verify(vault, second);
            VerifyReport olderNow = vault.verify(first, Optional.of(newestNow), 100, bytes -> {});
            assertThat(told(newestNow, "vda")).isEqualTo(unreadable(vault, second, "vda"));
            assertThat(told(olderNow, "vda"))
                    .isEqualTo(unreadable(vault, first, "vda"))
                    .isNotEmpty();
        }
    }

    @Test
    void aSampleReadsAPart() throws Exception {
        ModelDisk disk = new ModelDisk("vda", 64 << 20);
        disk.fill(
                0,
                disk.bytes.length / ModelDisk.UNIT,
                "0123456789abcdef!".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                new Random(7));
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "full", disk);
            long all = verify(vault, point).verifiedBytes();
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int i = 0; i < 10; i++) {
                long part =
                        vault.verify(point, Optional.empty(), 25, bytes -> {}).verifiedBytes();
                least = Math.min(least, part);
                most = Math.max(most, part);
            }
            assertThat(least).isLessThan(all / 2);
            assertThat(most).isPositive();
        }
    }

    @Test
    void aStoreThatIsAwayIsNoDamage() throws Exception {
        ModelDisk disk = Vaults.disk("vda", 1 << 20, 8);
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "full", disk);
            store.failFrom(0);
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> verify(vault, point))
                    .isInstanceOf(io.holdfast.storage.StorageException.class);
        }
    }

    private List<String> packs() {
        return store.objects.keySet().stream()
                .filter(key -> key.startsWith("packs/"))
                .toList();
    }
}
