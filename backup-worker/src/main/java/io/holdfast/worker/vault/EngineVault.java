package io.holdfast.worker.vault;

import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupSession;
import io.holdfast.vault.BasesFound;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.ChainReport;
import io.holdfast.vault.CollectOptions;
import io.holdfast.vault.CollectReport;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.ForgetReport;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.ProgressListener;
import io.holdfast.vault.Vault;
import io.holdfast.worker.app.OpenVault;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    public Optional<PointManifest> committed(String vm, String job) {
        return vault.committed(vm, job);
    }

    @Override
    public BasesFound bases(String vm, Set<UUID> points, int most) {
        return vault.bases(vm, points, most);
    }

    @Override
    public List<String> vms() {
        return vault.vms();
    }

    @Override
    public ChainReport checkChain(String vm, Optional<ChainHead> known) {
        return vault.checkChain(vm, known);
    }

    @Override
    public ForgetReport forget(String vm, Set<UUID> points) {
        return vault.forget(vm, points);
    }

    @Override
    public CollectReport collect(CollectOptions options) {
        return vault.collect(options);
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
