package io.holdfast.restore;

import io.holdfast.api.vault.VaultAccess;
import io.holdfast.restore.app.OpenVault;
import io.holdfast.restore.app.VaultDoor;
import io.holdfast.restore.vault.EngineDoor;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PreflightReport;
import io.holdfast.vault.Range;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Real vaults; counts the bytes of disks that are read, and has each read wait for a test. */
final class WatchedDoor implements VaultDoor {

    final AtomicLong bytes = new AtomicLong();

    /** Called before each read of a disk, by the reading thread. */
    volatile Runnable beforeRead = () -> {};

    /** The same, with the vault's id. */
    volatile Consumer<UUID> beforeReadOf = vault -> {};

    private final VaultDoor real = new EngineDoor(8 << 20);

    @Override
    public OpenVault open(VaultAccess access) {
        OpenVault vault = real.open(access);
        return new OpenVault() {
            @Override
            public Optional<PointManifest> point(UUID point, String vm, OptionalLong sequence) {
                return vault.point(point, vm, sequence);
            }

            @Override
            public Optional<PointManifest> knownPoint(UUID point, String vm, OptionalLong sequence) {
                return vault.knownPoint(point, vm, sequence);
            }

            @Override
            public PreflightReport preflight(PointManifest manifest) {
                return vault.preflight(manifest);
            }

            @Override
            public DiskBytes disk(PointManifest manifest, String key) {
                return watched(access.id(), vault.disk(manifest, key));
            }

            @Override
            public void close() {
                vault.close();
            }
        };
    }

    private OpenVault.DiskBytes watched(UUID id, OpenVault.DiskBytes disk) {
        return new OpenVault.DiskBytes() {
            @Override
            public long size() {
                return disk.size();
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                beforeRead.run();
                beforeReadOf.accept(id);
                bytes.addAndGet(into.remaining());
                disk.read(offset, into);
            }

            @Override
            public List<Range> data(long offset, long length) {
                return disk.data(offset, length);
            }
        };
    }
}
