package io.holdfast.snapshot.app;

import io.holdfast.snapshot.domain.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Disk-only snapshots on one source. Every operation can be repeated; callers hold the VM's lock. */
public interface Snapshots {

    /** What is known of a VM before a snapshot. */
    record Ground(String vmState, List<Snapshot.Overlay> overlays) {}

    /** Hears bytes done and in all. */
    interface Watch {
        void at(long doneBytes, long totalBytes);

        /** Whether to stop early; an overlay is written down in full or stays in use. */
        boolean cancelled();
    }

    /** Looks and decides file names, touches nothing. */
    Ground plan(String vm, UUID snapshot);

    /** Whether the VM has no running process; error: {@code vm-not-found}. */
    boolean off(String vm);

    /**
     * Starts a VM that is off, paused; answers the number that the hypervisor gave this very run. Error: {@code
     * snapshot-unsupported} for a VM with a saved memory state, which a start would consume.
     */
    int wake(String vm);

    /**
     * Stops the run that {@link #wake} began, if it is that one and still paused; one that somebody resumed is theirs.
     *
     * @param run absent: a crash came before the number was known; only a run that never ran a guest instruction is stopped
     */
    void stop(String vm, @Nullable Integer run);

    /** Makes the snapshot on all its disks at once; does nothing when it is there. The VM has a process. Answers the consistency. */
    String create(Snapshot snapshot, boolean quiesce);

    /**
     * Refuses to write the overlays down where that would destroy something: another VM or volume lies upon a file that would be
     * written to, or may do so ({@code snapshot-in-use}); a disk was made smaller since ({@code snapshot-unsupported}). The VM
     * has a process; nothing is touched.
     */
    void refuseHarm(Snapshot snapshot);

    /**
     * Writes one overlay down into what lies beneath and removes its file. The VM has a process. Ended by a cancel, an
     * interrupt or an error it leaves the overlay in use and no block job behind; the VM reads the same bytes as ever, and the
     * file beneath holds some of the overlay's among its own. Error: {@code snapshot-in-use}.
     *
     * @param begins run before a block job is started; without it nothing was written
     */
    void consolidate(Snapshot snapshot, Snapshot.Overlay overlay, Watch watch, Runnable begins);

    /** Ends every block job that writes an overlay of the snapshot down; the VM reads the same bytes as ever. */
    void abandon(Snapshot snapshot);

    /** Drops what the hypervisor knows of the snapshot beside its overlays. */
    void forget(Snapshot snapshot);

    /** Whether the snapshot is there: in the VM's disk chains or on its list; absent when the VM is gone. */
    @Nullable
    Boolean inUse(Snapshot snapshot);

    /** Bytes stored in each overlay file of the VM's chains, by path. */
    Map<String, Long> overlayBytes(String vm);
}
