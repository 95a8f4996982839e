package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** What the tests share: a cheap passphrase, small packs, backups in one line. */
final class Vaults {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000000006Z");
    static final Passphrase PASSPHRASE = Passphrase.of("correct horse");
    static final VaultOptions CHEAP = new VaultOptions(8 << 10, 1, 1);
    static final EngineOptions SMALL = new EngineOptions(512 << 10, 1, 4, 2, 2, 1 << 20, InstantSource.fixed(NOW));
    static final PointFacts FACTS = new PointFacts(NOW, Consistency.CRASH, "running", "<domain/>", List.of("a note"));

    private Vaults() {}

    static Vault create(ObjectStore store) {
        return Vault.create(store, PASSPHRASE, CHEAP, SMALL);
    }

    static BackupIntent intent(String job, Optional<UUID> base) {
        return intent("vm-1", job, base);
    }

    static BackupIntent intent(String vm, String job, Optional<UUID> base) {
        UUID point = UUID.nameUUIDFromBytes((vm + job).getBytes(StandardCharsets.UTF_8));
        BackupKind kind = base.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL;
        return new BackupIntent(vm, "web server", "lab", job, point, "moment of " + job, kind, base);
    }

    static PointManifest backup(Vault vault, BackupIntent intent, DiskSource... disks) throws InterruptedException {
        try (BackupSession session = vault.begin(intent)) {
            for (DiskSource disk : disks) {
                session.backup(disk, ProgressListener.NONE);
            }
            return session.commit(FACTS);
        }
    }

    static PointManifest full(Vault vault, String job, ModelDisk... disks) throws InterruptedException {
        DiskSource[] sources = new DiskSource[disks.length];
        for (int i = 0; i < disks.length; i++) {
            sources[i] = disks[i].freeze(Optional.empty(), Optional.empty());
            disks[i].takeChanged();
        }
        return backup(vault, intent(job, Optional.empty()), sources);
    }

    static PointManifest incremental(Vault vault, String job, PointManifest base, ModelDisk disk)
            throws InterruptedException {
        BitSet changed = disk.takeChanged();
        Optional<UUID> id = Optional.of(base.id());
        return backup(vault, intent(job, id), disk.freeze(Optional.of(changed), id));
    }

    static ModelDisk disk(String key, int size, long seed) {
        Random random = new Random(seed);
        ModelDisk disk = new ModelDisk(key, size);
        for (int i = 0; i < 60; i++) {
            disk.mutate(random);
        }
        return disk;
    }

    static byte[] read(Vault vault, PointManifest point, String key) {
        DiskReader reader = vault.open(point).disk(key);
        byte[] bytes = new byte[(int) reader.size()];
        reader.read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    static void assertRestores(Vault vault, PointManifest point, String key, byte[] expected) {
        assertThat(Arrays.mismatch(read(vault, point, key), expected))
                .as("first difference of disk %s in point %d", key, point.sequence())
                .isEqualTo(-1);
    }
}
