package io.holdfast.snapshot.app;

import io.holdfast.snapshot.domain.Snapshot;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Disk-only snapshots on one source. Every operation can be repeated; callers hold the VM's lock. */
public interface Snapshots {

    /** What is known of a VM before a snapshot. */
    record Ground(String vmState, boolean off, List<Snapshot.Overlay> overlays) {}

    /** Hears bytes done and in all. */
    interface Watch {
        void at(long doneBytes, long totalBytes);

        /** Whether to stop early; what was done stays done. */
        boolean cancelled();
    }

    /** Looks and decides file names, touches nothing. */
    Ground plan(String vm, java.util.UUID snapshot);

    /** Makes the snapshot on all its disks at once; does nothing when it is there. Answers the consistency. */
    String create(Snapshot snapshot, boolean quiesce);

    /** Writes each overlay down into what lies beneath and removes it. */
    void consolidate(Snapshot snapshot, Watch watch);

    /** Whether the VM's disks go through the snapshot's overlays; absent when the VM is gone. */
    @Nullable
    Boolean inUse(Snapshot snapshot);

    /** Bytes stored in each overlay file of the VM's chains, by path. */
    Map<String, Long> overlayBytes(String vm);
}
