package io.holdfast.restore.vault;

import io.holdfast.restore.app.OpenVault;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.DiskReader;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PointReaders;
import io.holdfast.vault.PreflightReport;
import io.holdfast.vault.Range;
import io.holdfast.vault.Vault;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** A vault of the engine together with its store. */
final class EngineVault implements OpenVault {

    private final Vault vault;
    private final ObjectStore store;
    // One for all connections: each with a cache of its own would soon fill the heap.
    private final PointReaders readers;
    private final KeptManifests manifests = new KeptManifests();

    EngineVault(Vault vault, ObjectStore store) {
        this.vault = vault;
        this.store = store;
        this.readers = vault.readers();
    }

    @Override
    public Optional<PointManifest> point(UUID point, String vm, OptionalLong sequence) {
        Optional<PointManifest> found = vault.point(point, vm, sequence);
        found.ifPresent(manifest -> manifests.keep(point, manifest));
        return found;
    }

    @Override
    public Optional<PointManifest> knownPoint(UUID point, String vm, OptionalLong sequence) {
        return manifests
                .get(point, () -> vault.point(point, vm, sequence))
                .filter(manifest -> manifest.vm().equals(vm));
    }

    @Override
    public PreflightReport preflight(PointManifest manifest) {
        return vault.preflight(manifest);
    }

    @Override
    public DiskBytes disk(PointManifest manifest, String key) {
        return new EngineDisk(readers.open(manifest).disk(key));
    }

    @Override
    public void close() {
        try {
            vault.close();
        } finally {
            store.close();
        }
    }

    private record EngineDisk(DiskReader reader) implements DiskBytes {

        @Override
        public long size() {
            return reader.size();
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            reader.read(offset, into);
        }

        @Override
        public List<Range> data(long offset, long length) {
            return reader.allocated(offset, length);
        }
    }
}
