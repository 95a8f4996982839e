package io.holdfast.restore.app;

import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Range;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.access.Failures;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * Whether every block that a restore wants reads right in the vault. A hypervisor's word is not enough, and what another
 * replica served or an earlier process saw is not known here: what this process has not served itself, it reads.
 */
final class PointCheck {

    /** Bytes whose allocation is looked up at once. */
    private static final long LOOK = 64L << 20;

    private static final int PIECE = 256 << 10;

    private final OpenVault vault;
    private final PointManifest manifest;
    private final List<PointManifest.Disk> disks;
    private final UUID job;
    private final ReadLedger ledger;

    /** Told now and then while blocks are read, with the bytes that are known to be right of all. */
    @FunctionalInterface
    interface Beat {
        void tick(long doneBytes, long totalBytes) throws InterruptedException;
    }

    PointCheck(OpenVault vault, PointManifest manifest, List<PointManifest.Disk> disks, UUID job, ReadLedger ledger) {
        this.vault = vault;
        this.manifest = manifest;
        this.disks = disks;
        this.job = job;
        this.ledger = ledger;
    }

    PointManifest manifest() {
        return manifest;
    }

    List<PointManifest.Disk> disks() {
        return disks;
    }

    /** Fails with {@code point-damaged} when a read that this process served found damage. */
    void refuseDamaged() {
        ledger.refuseDamaged(job);
    }

    /** Grows while the hypervisor asks this process for anything. */
    long answers() {
        return ledger.answers(job);
    }

    /** Reads what is not known to be right yet; fails with {@code point-damaged}, with disk, range and object. */
    void complete(Beat beat) throws InterruptedException {
        refuseDamaged();
        long total = disks.stream().mapToLong(PointManifest.Disk::size).sum();
        long before = 0;
        for (PointManifest.Disk disk : disks) {
            complete(disk, before, total, beat);
            before += disk.size();
        }
    }

    private void complete(PointManifest.Disk disk, long before, long total, Beat beat) throws InterruptedException {
        // Opened only when there is something to read.
        OpenVault.DiskBytes bytes = null;
        for (long at = 0; at < disk.size(); at += LOOK) {
            long window = Math.min(LOOK, disk.size() - at);
            for (Range unread : ledger.missing(job, disk.key(), at, window)) {
                bytes = bytes == null ? vault.disk(manifest, disk.key()) : bytes;
                check(disk.key(), bytes, unread, done -> beat.tick(before + done, total));
            }
        }
    }

    /** Told of the offset up to which the disk is known. */
    @FunctionalInterface
    private interface Reached {
        void upTo(long offset) throws InterruptedException;
    }

    private void check(String key, OpenVault.DiskBytes disk, Range unread, Reached reached)
            throws InterruptedException {
        ByteBuffer buffer = ByteBuffer.allocate(PIECE);
        long at = unread.offset();
        try {
            for (Range data : disk.data(unread.offset(), unread.length())) {
                for (at = data.offset(); at < data.end(); ) {
                    reached.upTo(at);
                    buffer.clear().limit((int) Math.min(PIECE, data.end() - at));
                    disk.read(at, buffer);
                    at += buffer.limit();
                }
            }
        } catch (VaultException e) {
            var meaning = Failures.OF_POINT.of(e);
            ledger.damaged(job, key, at, Math.min(PIECE, unread.end() - at), meaning.detail());
            refuseDamaged();
            throw meaning;
        }
        ledger.right(job, key, unread.offset(), unread.length());
        reached.upTo(unread.end());
    }
}
