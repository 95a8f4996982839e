package io.holdfast.worker.app;

import io.holdfast.api.view.ViewInfo.ViewDisk;
import io.holdfast.vault.DiskSource;

/** Connects to disks of a frozen view. */
public interface DiskConnector {

    /** Connects; fails with {@code nbd-error}. */
    Disk connect(ViewDisk disk);

    /** A connected disk. {@link #close} may be called from another thread and ends a read. */
    interface Disk extends DiskSource, AutoCloseable {
        @Override
        void close();
    }
}
