package io.holdfast.worker.app;

import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.ProgressListener;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** An open vault, as far as the worker uses it. */
public interface OpenVault extends AutoCloseable {

    /** The id that is written in the vault itself. */
    String formatId();

    /** The point, when it is committed. */
    Optional<PointManifest> point(UUID point, String vm);

    /** The points of a VM whose manifests can be read. */
    List<PointManifest> points(String vm);

    /** Reads what a backup and a restore need from the store. */
    void check();

    /** Begins a point, or goes on with it after an attempt that ended early. */
    Writing begin(BackupIntent intent);

    @Override
    void close();

    /** One point being written; nothing is visible before the commit. */
    interface Writing extends AutoCloseable {

        /** Stores one disk. An interrupt ends it. */
        void backup(DiskSource disk, ProgressListener listener) throws InterruptedException;

        /** Makes the point visible. */
        PointManifest commit(PointFacts facts) throws InterruptedException;

        @Override
        void close();
    }
}
