package io.holdfast.worker.domain;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.point.PointInfo;
import io.holdfast.vault.PointManifest;
import java.time.Duration;
import java.util.Locale;

/** A manifest as the catalog and people see it. */
public final class PointSummary {

    /**
     * The point that this manifest is. Its seconds are those from the frozen moment to the commit, which the manifest knows
     * itself: an attempt that finds the point already made tells the same as the one that made it.
     */
    public static PointInfo of(PointManifest manifest, String vault) {
        return new PointInfo(
                manifest.id(),
                manifest.vm(),
                manifest.vmName(),
                manifest.source(),
                vault,
                manifest.sequence(),
                BackupKind.valueOf(manifest.kind().name()),
                manifest.base().orElse(null),
                Consistency.valueOf(manifest.consistency().name()),
                manifest.takenAt(),
                manifest.committedAt(),
                seconds(manifest),
                manifest.sizes().virtual(),
                manifest.sizes().read(),
                manifest.sizes().fresh(),
                manifest.sizes().stored(),
                manifest.disks().stream().map(PointSummary::disk).toList(),
                manifest.notes(),
                manifest.hash());
    }

    private static double seconds(PointManifest manifest) {
        Duration took = Duration.between(manifest.takenAt(), manifest.committedAt());
        return Math.max(0, took.toMillis()) / 1000.0;
    }

    private static PointInfo.PointDisk disk(PointManifest.Disk disk) {
        return new PointInfo.PointDisk(
                disk.key(),
                disk.size(),
                disk.format(),
                disk.mode().name().toLowerCase(Locale.ROOT),
                disk.fullReason().orElse(null),
                disk.readBytes());
    }

    private PointSummary() {}
}
