package io.holdfast.restore.app;

import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PreflightReport;
import io.holdfast.vault.Range;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * An open vault, as far as a restore uses it. Thread-safe. Failures are {@link io.holdfast.vault.VaultException} or
 * {@link io.holdfast.storage.StorageException}.
 */
public interface OpenVault extends AutoCloseable {

    /**
     * The point as the store has it now, when it is committed.
     *
     * @param sequence its number in the chain, if known: then it is found without a search, however many newer ones there are
     */
    Optional<PointManifest> point(UUID point, String vm, OptionalLong sequence);

    /** The same, but one that was read before is not always read again: for what a hypervisor pulls, after the restore looked. */
    Optional<PointManifest> knownPoint(UUID point, String vm, OptionalLong sequence);

    /** Whether what the point needs is there. */
    PreflightReport preflight(PointManifest manifest);

    /** One disk of the point; hashes are computed anew at each read. */
    DiskBytes disk(PointManifest manifest, String key);

    @Override
    void close();

    /** The content of a disk. Thread-safe; usable while its vault is open. */
    interface DiskBytes {

        long size();

        /** Fills the buffer from the offset. */
        void read(long offset, ByteBuffer into);

        /** Where there is data within the range, in order; everything else reads as zeros. */
        List<Range> data(long offset, long length);
    }
}
