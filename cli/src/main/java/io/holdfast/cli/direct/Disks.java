package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdException;
import io.holdfast.vault.DiskSource;
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
    private final List<FileDiskSource> files = new ArrayList<>();
    private final List<NbdDiskSource> exports = new ArrayList<>();

    private Disks() {}

    /**
     * Opens them. Errors: {@code disk-not-found}, {@code disk-unsupported}, {@code disk-unreadable}, {@code nbd-error}; what is no
     * place at all is an {@link IllegalArgumentException} with a sentence.
     *
     * @param base the point that the bitmap counts from
     */
    static Disks open(Map<String, String> places, @Nullable String bitmap, @Nullable UUID base) {
        Disks disks = new Disks();
        try {
            places.forEach((key, place) -> {
                if (NbdUri.isOne(place)) {
                    disks.exports.add(nbd(key, NbdUri.parse(place), bitmap, base));
                    disks.sources.add(disks.exports.getLast());
                } else {
                    disks.files.add(FileDiskSource.open(key, Path.of(place)));
                    disks.sources.add(disks.files.getLast());
                }
            });
            return disks;
        } catch (RuntimeException e) {
            disks.close();
            throw e;
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

    /** Fails when a file was written while it was read. */
    void refuseWritten() {
        files.forEach(FileDiskSource::refuseWritten);
    }

    @Override
    public void close() {
        files.forEach(FileDiskSource::close);
        exports.forEach(NbdDiskSource::close);
    }
}
