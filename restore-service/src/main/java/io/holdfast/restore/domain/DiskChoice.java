package io.holdfast.restore.domain;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.vault.PointManifest;
import java.util.List;

/** Which disks of a point are restored. */
public final class DiskChoice {

    /** Block size of the vault, in bytes. */
    private static final long BLOCK = 4096;

    /** The disks with these keys, or all of them when none is named. */
    public static List<PointManifest.Disk> of(PointManifest manifest, List<String> keys) {
        for (String key : keys) {
            if (manifest.disk(key).isEmpty()) {
                throw new ApiException(ErrorCode.DISK_NOT_FOUND, "The point has no disk " + key + ".");
            }
        }
        List<PointManifest.Disk> chosen = manifest.disks().stream()
                .filter(disk -> keys.isEmpty() || keys.contains(disk.key()))
                .toList();
        if (chosen.isEmpty()) {
            throw new ApiException(ErrorCode.VM_WITHOUT_DISKS, "The point has no disk.");
        }
        return chosen;
    }

    /** About how many bytes of the disk are not zero. */
    public static long dataBytes(PointManifest.Disk disk) {
        long blocks =
                disk.packs().stream().mapToLong(PointManifest.PackUse::blocks).sum();
        return Math.clamp(blocks * BLOCK, 0, disk.size());
    }

    private DiskChoice() {}
}
