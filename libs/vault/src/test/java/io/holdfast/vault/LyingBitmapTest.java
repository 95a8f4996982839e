package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.vault.PointManifest.ReadMode;
import java.util.BitSet;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bitmaps that look sound and do not tell what changed: somebody else worked on the disk's file. */
class LyingBitmapTest {

    private static final int SIZE = 12 << 20;
    private static final int UNITS = SIZE / ModelDisk.UNIT;

    private final Vault vault = Vaults.create(new ScriptedStore());
    private final ModelDisk disk = new ModelDisk("vda", SIZE);
    private final Random random = new Random(7);

    @AfterEach
    void close() {
        vault.close();
    }

    @Test
    void aDiskThatIsAnothersCopyIsReadInFull() throws Exception {
        fill(disk, 0, UNITS / 2);
        PointManifest base = Vaults.full(vault, "full", disk);
        ModelDisk other = new ModelDisk("vda", SIZE);
        fill(other, 0, UNITS / 2);
        assertReadInFull(base, other, new BitSet());
    }

    @Test
    void aCopyThatDiffersInItsLabelOnlyIsReadInFull() throws Exception {
        fill(disk, 0, UNITS);
        PointManifest base = Vaults.full(vault, "full", disk);
        disk.bytes[9000]++;
        assertReadInFull(base, disk, new BitSet());
    }

    @Test
    void aDiskShrunkAndGrownAgainIsReadInFull() throws Exception {
        fill(disk, 0, UNITS);
        PointManifest base = Vaults.full(vault, "full", disk);
        disk.resize(SIZE / 2);
        disk.resize(SIZE);
        assertReadInFull(base, disk, new BitSet());
    }

    @Test
    void aSingleBlockThatIsNowAHoleIsFound() throws Exception {
        fill(disk, 0, UNITS / 2);
        fill(disk, UNITS - 8, UNITS - 4);
        PointManifest base = Vaults.full(vault, "full", disk);
        disk.resize(SIZE - 10 * ModelDisk.UNIT);
        disk.resize(SIZE);
        assertReadInFull(base, disk, new BitSet());
    }

    @Test
    void dataWhereTheBaseHasNoneIsFound() throws Exception {
        fill(disk, 0, 64);
        PointManifest base = Vaults.full(vault, "full", disk);
        fill(disk, UNITS / 2, UNITS / 2 + 4);
        assertReadInFull(base, disk, new BitSet());
    }

    @Test
    void anAttemptThatIsRepeatedComesToTheSameEnd() throws Exception {
        fill(disk, 0, UNITS);
        PointManifest base = Vaults.full(vault, "full", disk);
        fill(disk, UNITS / 4, 3 * UNITS / 4);
        DiskSource lying = disk.freeze(Optional.of(new BitSet()), Optional.of(base.id()));
        BackupIntent intent = Vaults.intent("again", Optional.of(base.id()));
        try (BackupSession first = vault.begin(intent)) {
            first.backup(lying, ProgressListener.NONE);
        }
        PointManifest point = Vaults.backup(vault, intent, lying);
        assertThat(point.disk("vda").orElseThrow().mode()).isEqualTo(ReadMode.FULL);
        Vaults.assertRestores(vault, point, "vda", disk.bytes);
    }

    @Test
    void whatIsTrueIsBelieved() throws Exception {
        fill(disk, 0, UNITS / 3);
        fill(disk, 4 * UNITS / 5, UNITS - 5);
        PointManifest base = Vaults.full(vault, "full", disk);
        disk.discard(100, 900);
        fill(disk, UNITS / 2, UNITS / 2 + 3);
        disk.takeChanged();
        BitSet changed = new BitSet();
        changed.set(100, 900);
        changed.set(UNITS / 2, UNITS / 2 + 3);
        PointManifest point = backup(base, disk, changed);
        assertThat(point.disk("vda").orElseThrow().fullReason()).isEmpty();
        assertThat(point.disk("vda").orElseThrow().mode()).isEqualTo(ReadMode.CHANGED);
        Vaults.assertRestores(vault, point, "vda", disk.bytes);
    }

    private void assertReadInFull(PointManifest base, ModelDisk now, BitSet changed) throws InterruptedException {
        PointManifest point = backup(base, now, changed);
        PointManifest.Disk stored = point.disk("vda").orElseThrow();
        Vaults.assertRestores(vault, point, "vda", now.bytes);
        assertThat(stored.mode()).isEqualTo(ReadMode.FULL);
        assertThat(stored.fullReason().orElseThrow()).contains("differs from the base point at offset");
    }

    private PointManifest backup(PointManifest base, ModelDisk now, BitSet changed) throws InterruptedException {
        Optional<UUID> id = Optional.of(base.id());
        return Vaults.backup(vault, Vaults.intent("next", id), now.freeze(Optional.of(changed), id));
    }

    private void fill(ModelDisk into, int from, int to) {
        byte[] noise = new byte[(to - from) * ModelDisk.UNIT];
        random.nextBytes(noise);
        into.fill(from, to, noise, random);
    }
}
