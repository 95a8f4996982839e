package io.holdfast.vault;

import io.holdfast.storage.StorageException;
import io.holdfast.vault.write.SessionWriter;

/**
 * One attempt to store one point: each disk in turn, then {@link #commit}. Nothing is visible before the commit. Used by
 * one thread at a time. A failure ends the session; another attempt of the same job and moment goes on where the journal
 * says.
 */
public final class BackupSession implements AutoCloseable {

    private final SessionWriter writer;

    BackupSession(SessionWriter writer) {
        this.writer = writer;
    }

    /** Whether an earlier attempt of the job committed its point: disks are not read then, and commit returns it. */
    public boolean isCommittedAlready() {
        return writer.isCommittedAlready();
    }

    /**
     * Backs up one disk; returns when all of it was read and packed.
     *
     * @throws InterruptedException when the calling thread was interrupted; everything has stopped
     * @throws VaultException BASE_NOT_USABLE (back up in full), SOURCE_FAILED
     * @throws StorageException when the store failed
     */
    public void backup(DiskSource disk, ProgressListener progress) throws InterruptedException {
        writer.backup(disk, progress);
    }

    /**
     * Waits for all packs to be stored, then commits. When another attempt of the same job was first, its manifest is
     * returned; when another job took the sequence, the next one is used.
     *
     * @throws VaultException OUTCOME_UNKNOWN: the next attempt of the job finds out
     * @throws StorageException when the store failed; CANCELLED when the calling thread was interrupted
     */
    public PointManifest commit(PointFacts facts) {
        try {
            return writer.commit(facts);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Kind.CANCELLED, "interrupted before the commit", e);
        }
    }

    /** Stops what is still being put, and waits until it has. Without a commit nothing is visible. */
    @Override
    public void close() {
        writer.close();
    }
}
