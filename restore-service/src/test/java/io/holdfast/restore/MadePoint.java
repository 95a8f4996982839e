package io.holdfast.restore;

import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupKind;
import io.holdfast.vault.Consistency;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.ProgressListener;
import io.holdfast.vault.Range;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultOptions;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Makes a vault with one point of given disks. */
final class MadePoint {

    static final String VM = "vm-1";
    static final UUID SOURCE = UUID.randomUUID();

    static PointManifest in(ObjectStore store, Map<String, byte[]> disks) throws InterruptedException {
        return in(store, disks, new VaultOptions(8 << 10, 1, 1));
    }

    static PointManifest in(ObjectStore store, Map<String, byte[]> disks, VaultOptions options)
            throws InterruptedException {
        var intent = new BackupIntent(
                VM, "web", "lab", "job-1", UUID.randomUUID(), "moment-1", BackupKind.FULL, Optional.empty());
        try (var passphrase = Passphrase.of("passphrase");
                var vault = Vault.create(store, passphrase, options);
                var session = vault.begin(intent)) {
            for (var disk : disks.entrySet()) {
                session.backup(new Bytes(disk.getKey(), disk.getValue()), ProgressListener.NONE);
            }
            return session.commit(new PointFacts(
                    Instant.EPOCH, Consistency.CRASH, "running", "<domain/>", List.of(), Optional.of(SOURCE)));
        }
    }

    private static final class Bytes implements DiskSource {

        private final String key;
        private final byte[] content;

        Bytes(String key, byte[] content) {
            this.key = key;
            this.content = content;
        }

        @Override
        public String key() {
            return key;
        }

        @Override
        public long size() {
            return content.length;
        }

        @Override
        public String format() {
            return "raw";
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            into.put(content, (int) offset, into.remaining());
        }

        @Override
        public Iterator<Range> allocated() {
            return List.of(new Range(0, content.length)).iterator();
        }
    }

    private MadePoint() {}
}
