package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdException;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.access.NbdDiskSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The disks of one backup, all open before the first is read. */
final class Disks implements AutoCloseable {

    private final List<DiskSource> sources = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    private Disks() {}

    /** Opens them. Errors: {@code disk-not-found}, {@code disk-unsupported}, {@code nbd-error}. */
    static Disks open(Map<String, String> places, @Nullable String bitmap, @Nullable PointManifest base) {
        Disks disks = new Disks();
        try {
            places.forEach((key, place) -> disks.add(key, place, bitmap, base));
            return disks;
        } catch (RuntimeException e) {
            disks.close();
            throw e;
        }
    }

    private void add(String key, String place, @Nullable String bitmap, @Nullable PointManifest base) {
        if (NbdUri.isOne(place)) {
            NbdDiskSource disk = nbd(key, NbdUri.parse(place), bitmap, base == null ? null : base.id());
            sources.add(disk);
            open.add(disk);
        } else {
            FileDiskSource disk = FileDiskSource.open(key, Path.of(place));
            sources.add(disk);
            open.add(disk);
        }
    }

    private static NbdDiskSource nbd(String key, NbdUri from, @Nullable String bitmap, @Nullable UUID base) {
        String context = bitmap == null ? null : "qemu:dirty-bitmap:" + bitmap;
        var what = new NbdDiskSource.What(key, "raw", context, base, null);
        try {
            return new NbdDiskSource(what, NbdClient.connect(from.address(), from.export(), what.options()));
        } catch (NbdException e) {
            throw new ApiException(ErrorCode.NBD_ERROR, "Disk " + key + ": " + e.getMessage() + ".", e);
        }
    }

    List<DiskSource> all() {
        return sources;
    }

    long bytes() {
        return sources.stream().mapToLong(DiskSource::size).sum();
    }

    @Override
    public void close() {
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception e) {
                // What was read is read.
                System.getLogger(Disks.class.getName()).log(System.Logger.Level.DEBUG, "a disk did not close", e);
            }
        }
    }
}
