package io.holdfast.worker.vault;

import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupSession;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.ProgressListener;
import io.holdfast.vault.Vault;
import io.holdfast.worker.app.OpenVault;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A vault of the engine together with its store. */
final class EngineVault implements OpenVault {

    private final Vault vault;
    private final ObjectStore store;

    EngineVault(Vault vault, ObjectStore store) {
        this.vault = vault;
        this.store = store;
    }

    @Override
    public String formatId() {
        return vault.id();
    }

    @Override
    public Optional<PointManifest> point(UUID point, String vm) {
        return vault.point(point, vm);
    }

    @Override
    public List<PointManifest> points(String vm) {
        return vault.points(vm);
    }

    @Override
    public void check() {
        // Opening read the header and the key slots; this is the right to list.
        var _ = vault.vms();
    }

    @Override
    public Writing begin(BackupIntent intent) {
        return new EngineWriting(vault.begin(intent));
    }

    @Override
    public void close() {
        try {
            vault.close();
        } finally {
            store.close();
        }
    }

    private record EngineWriting(BackupSession session) implements Writing {

        @Override
        public void backup(DiskSource disk, ProgressListener listener) throws InterruptedException {
            session.backup(disk, listener);
        }

        @Override
        public PointManifest commit(PointFacts facts) {
            return session.commit(facts);
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
