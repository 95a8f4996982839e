package io.holdfast.api.point;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A restore point.
 *
 * @param vault name of its vault
 * @param sequence its number in the vault's chain of this VM
 * @param kind how it was read; a point whose every disk was read in full is {@code full}
 * @param base the point it was read against
 * @param readBytes bytes read from the frozen view
 * @param newBytes bytes of blocks the vault did not have, before compression
 * @param storedBytes bytes written to the store, metadata included
 * @param notes what was degraded or cannot be held, for people
 * @param manifestHash SHA-256 of its manifest; absent for points of before it was kept
 */
public record PointInfo(
        UUID id,
        String vm,
        String vmName,
        String source,
        String vault,
        long sequence,
        BackupKind kind,
        @Nullable UUID base,
        Consistency consistency,
        Instant takenAt,
        Instant committedAt,
        double seconds,
        long virtualBytes,
        long readBytes,
        long newBytes,
        long storedBytes,
        List<PointDisk> disks,
        List<String> notes,
        @Nullable String manifestHash) {

    /** One disk of a point; {@code read} is {@code full} or {@code changed}. */
    public record PointDisk(
            String key,
            long virtualBytes,
            String format,
            String read,
            @Nullable String fullReason,
            long readBytes) {}
}
