package io.holdfast.vault.write;

import io.holdfast.vault.DiskSource;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PointManifest.ReadMode;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.format.Journal;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a disk is going to be read.
 *
 * @param baseDisk the disk in the base, whatever its size
 */
record DiskPlan(
        String key,
        long size,
        String format,
        ReadMode mode,
        Optional<UUID> base,
        PointManifest.@Nullable Disk baseDisk,
        Optional<String> fullReason) {

    private static final long MOST_BYTES = 1L << 56;

    /** @param find the manifest of a base point */
    static DiskPlan of(DiskSource disk, Optional<UUID> intended, Function<UUID, PointManifest> find) {
        long size = disk.size();
        if (size < 0 || size > MOST_BYTES || disk.key().isEmpty() || disk.key().length() > 255) {
            throw new VaultException(VaultException.Kind.SOURCE_FAILED, null, "a disk with an impossible size or key");
        }
        boolean wantsChanged = disk.changed().isPresent();
        if (wantsChanged && disk.base().isEmpty()) {
            throw new VaultException(
                    VaultException.Kind.SOURCE_FAILED, null, "changes of disk " + disk.key() + " since what?");
        }
        Optional<UUID> base = disk.base().or(() -> intended);
        PointManifest.Disk baseDisk =
                base.map(find).flatMap(point -> point.disk(disk.key())).orElse(null);
        Optional<UUID> used = baseDisk == null ? Optional.empty() : base;
        Optional<String> obstacle = wantsChanged ? obstacle(baseDisk, size) : Optional.empty();
        boolean changed = wantsChanged && obstacle.isEmpty();
        return new DiskPlan(
                disk.key(),
                size,
                disk.format(),
                changed ? ReadMode.CHANGED : ReadMode.FULL,
                used,
                baseDisk,
                changed ? Optional.empty() : obstacle.or(disk::fullReason));
    }

    private static Optional<String> obstacle(PointManifest.@Nullable Disk baseDisk, long size) {
        if (baseDisk == null) {
            return Optional.of("the base point does not have this disk");
        }
        return baseDisk.size() == size
                ? Optional.empty()
                : Optional.of("the disk's size changed from " + baseDisk.size() + " to " + size + " bytes");
    }

    /** The disk read in full and stored without a base, and why. */
    DiskPlan withoutBase(String reason) {
        return new DiskPlan(key, size, format, ReadMode.FULL, Optional.empty(), null, Optional.of(reason));
    }

    /** The disk read in full and compared with the base, and why. */
    DiskPlan readInFull(String reason) {
        return new DiskPlan(key, size, format, ReadMode.FULL, base, baseDisk, Optional.of(reason));
    }

    boolean inherits() {
        return mode == ReadMode.CHANGED;
    }

    /** Whether an earlier attempt finished this very disk in this way. */
    boolean isDoneBy(PointManifest.Disk done) {
        return done.key().equals(key)
                && done.size() == size
                && done.mode() == mode
                && done.base().equals(base);
    }

    boolean isBegunBy(Journal.Progress progress) {
        return progress.key().equals(key)
                && progress.size() == size
                && progress.mode() == mode
                && progress.base().equals(base);
    }
}
