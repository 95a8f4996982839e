package io.holdfast.restore.app;

import io.holdfast.storage.StorageException;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PreflightReport;
import io.holdfast.vault.Range;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/** An open vault that tells when its store has failed, which is after the store was asked again for as long as makes sense. */
record ReportingVault(OpenVault vault, Runnable failed) implements OpenVault {

    @Override
    public Optional<PointManifest> point(UUID point, String vm, OptionalLong sequence) {
        return told(() -> vault.point(point, vm, sequence));
    }

    @Override
    public Optional<PointManifest> knownPoint(UUID point, String vm, OptionalLong sequence) {
        return told(() -> vault.knownPoint(point, vm, sequence));
    }

    @Override
    public PreflightReport preflight(PointManifest manifest) {
        return told(() -> vault.preflight(manifest));
    }

    @Override
    public DiskBytes disk(PointManifest manifest, String key) {
        return new ReportingDisk(told(() -> vault.disk(manifest, key)));
    }

    @Override
    public void close() {
        vault.close();
    }

    private <T> T told(Supplier<T> call) {
        try {
            return call.get();
        } catch (StorageException e) {
            if (isOfTheStore(e.kind())) {
                failed.run();
            }
            throw e;
        }
    }

    private static boolean isOfTheStore(StorageException.Kind kind) {
        return switch (kind) {
            case DENIED, NO_SUCH_STORE, UNAVAILABLE, NOT_TAKEN, CORRUPT_REPLY, OTHER -> true;
            case NOT_FOUND, RANGE, TOO_LARGE, FULL, CANCELLED -> false;
        };
    }

    private final class ReportingDisk implements DiskBytes {

        private final DiskBytes disk;

        ReportingDisk(DiskBytes disk) {
            this.disk = disk;
        }

        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            told(() -> {
                disk.read(offset, into);
                return into;
            });
        }

        @Override
        public List<Range> data(long offset, long length) {
            return told(() -> disk.data(offset, length));
        }
    }
}
