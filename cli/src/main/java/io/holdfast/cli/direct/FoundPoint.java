package io.holdfast.cli.direct;

import io.holdfast.vault.BackupKind;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.PointManifest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What is kept of a point while many are listed: a manifest names every pack, and a vault may have thousands of points.
 *
 * @param dataBytes about how many bytes of its disks are not zero
 */
record FoundPoint(
        UUID id,
        String vm,
        String vmName,
        ChainHead head,
        BackupKind kind,
        Instant takenAt,
        List<Disk> disks,
        PointManifest.Sizes sizes,
        long dataBytes,
        List<String> notes) {

    /** A disk and its bytes. */
    record Disk(String key, long size) {}

    static FoundPoint of(PointManifest point) {
        return new FoundPoint(
                point.id(),
                point.vm(),
                point.vmName(),
                point.head(),
                point.kind(),
                point.takenAt(),
                point.disks().stream()
                        .map(disk -> new Disk(disk.key(), disk.size()))
                        .toList(),
                point.sizes(),
                point.disks().stream()
                        .flatMap(disk -> disk.packs().stream())
                        .mapToLong(pack -> pack.blocks() * 4096)
                        .sum(),
                point.notes());
    }
}
