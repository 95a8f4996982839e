package io.holdfast.vault.write;

import io.holdfast.vault.PointManifest;
import io.holdfast.vault.map.PackTable;

/** A disk whose map is built. */
record FinishedDisk(DiskPlan plan, long read, long fresh, long root, PackTable table) {

    /** For a manifest or journal; only when all its packs are closed. */
    PointManifest.Disk record() {
        return new PointManifest.Disk(
                plan.key(),
                plan.size(),
                plan.format(),
                plan.mode(),
                plan.base(),
                plan.fullReason(),
                read,
                fresh,
                root,
                table.uses());
    }
}
