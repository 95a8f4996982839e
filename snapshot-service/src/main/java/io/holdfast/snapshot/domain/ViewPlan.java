package io.holdfast.snapshot.domain;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a view is to be opened: decided once, written before anything is touched, so that every step can be repeated.
 *
 * @param mode how the VM's disks come to be readable
 * @param subject id of the domain whose disks are exported: the VM's, or the helper's
 * @param checkpoint name of the new checkpoint; absent when the VM cannot get one
 * @param socket unix socket path; empty for TLS
 * @param port TCP port for TLS; 0 for a unix socket
 * @param chosen whether bases were chosen
 */
public record ViewPlan(
        Mode mode,
        String subject,
        @Nullable String checkpoint,
        String socket,
        int port,
        List<Disk> disks,
        boolean chosen) {

    /** How the disks come to be readable. */
    public enum Mode {
        /** The VM runs or is paused. */
        AS_IS,
        /** The VM is off: it is started paused for the read and destroyed afterwards. */
        WAKE,
        /** The VM has a managed save, which is never consumed: a transient paused domain reads its disks. */
        HELPER
    }

    /**
     * One disk.
     *
     * @param path where the hypervisor keeps it
     * @param bitmap whether it can keep a bitmap
     * @param fullReason why it is read in full although changes were asked for
     * @param scratch where old blocks go while the view lives
     * @param base the point whose checkpoint the changes are counted from
     */
    public record Disk(
            String key,
            long virtualBytes,
            String format,
            String path,
            boolean bitmap,
            String export,
            Volume scratch,
            @Nullable UUID base,
            @Nullable String baseCheckpoint,
            @Nullable String fullReason) {

        public Disk withBase(@Nullable UUID point, @Nullable String name, @Nullable String why) {
            return new Disk(key, virtualBytes, format, path, bitmap, export, scratch, point, name, why);
        }

        @Override
        public String toString() {
            return key + " (" + format + ", " + virtualBytes + " bytes)";
        }
    }

    public ViewPlan choose(List<Disk> with) {
        return new ViewPlan(mode, subject, checkpoint, socket, port, with, true);
    }
}
