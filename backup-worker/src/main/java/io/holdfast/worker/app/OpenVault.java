package io.holdfast.worker.app;

import io.holdfast.vault.BackupIntent;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** An open vault, as far as the worker uses it. */
public interface OpenVault extends AutoCloseable {

    /** The id that is written in the vault itself. */
    String formatId();

    /** The point that an earlier attempt of this job has committed. */
    Optional<PointManifest> committed(String vm, String job);

    /** Which of these points are there to be read against, newest first, at most {@code most}; and what stands in their place. */
    BasesFound bases(String vm, Set<UUID> points, int most);

    /** The ids of all VMs that have a point. */
    List<String> vms();

    /** Whether the chain of a VM's manifests is whole, compared with the newest one that is known. */
    ChainReport checkChain(String vm, Optional<ChainHead> known);

    /** Removes points of a VM for good. */
    ForgetReport forget(String vm, Set<UUID> points);

    /** Deletes what no point needs. */
    CollectReport collect(CollectOptions options);

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
