package io.holdfast.api.target;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A restore target.
 *
 * @param finishing whether making it the VM was begun and may have been done: only finishing it again tells
 * @param vmId id of the VM it became, when finished
 * @param code what it failed with, in its wire form, when it failed
 * @param detail why it failed, when it failed
 */
public record TargetInfo(
        UUID job,
        long fencing,
        State state,
        boolean finishing,
        String source,
        String vmName,
        @Nullable String vmId,
        List<DiskFill> disks,
        List<String> notes,
        @Nullable String code,
        @Nullable String detail,
        Instant expiresAt) {

    /** Where a target stands. */
    public enum State {
        /** Volumes are made, nothing is filled. */
        PREPARED,
        /** The hypervisor pulls. */
        FILLING,
        /** Every disk is filled. */
        FILLED,
        /** The VM exists; the target is done. */
        FINISHED,
        /** A pull failed; see the code and the detail. Filling may be asked again. */
        FAILED,
        /** Everything it made is gone. */
        ABORTED
    }

    /** Progress of one disk, bytes of its virtual size. */
    public record DiskFill(String key, long doneBytes, long totalBytes, boolean filled) {}
}
