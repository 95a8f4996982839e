package io.holdfast.api.view;

import io.holdfast.api.Consistency;
import io.holdfast.api.NbdEndpoint;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An open frozen view.
 *
 * @param moment identity of the frozen moment: two views with the same moment show the same bytes
 * @param sourceId which connection the name {@code source} stands for now
 * @param takenAt when the disks were frozen
 * @param consistency the outcome
 * @param vmState the VM's state at that moment
 * @param definition the VM's definition at that moment (libvirt: inactive domain XML)
 * @param notes what the point cannot hold or had to degrade, for people; they go onto the restore point
 * @param expiresAt renewed by the job's lease; afterwards the view may be freed at any time
 */
public record ViewInfo(
        UUID job,
        UUID moment,
        long fencing,
        String source,
        @Nullable UUID sourceId,
        String vm,
        String vmName,
        Instant takenAt,
        Consistency consistency,
        String vmState,
        String definition,
        List<ViewDisk> disks,
        List<String> notes,
        Instant expiresAt) {

    /**
     * One disk of the view.
     *
     * @param format how the hypervisor keeps it, {@code qcow2} or {@code raw}; the export is always raw bytes
     * @param changedContext NBD meta context whose bit 0 says "changed since {@code base}"; absent: read in full
     * @param base the restore point that {@code changedContext} counts from; present exactly when the context is
     * @param fullReason why the disk is read in full, when an incremental was asked for
     */
    public record ViewDisk(
            String key,
            long virtualBytes,
            String format,
            NbdEndpoint endpoint,
            @Nullable String changedContext,
            @Nullable UUID base,
            @Nullable String fullReason) {}
}
