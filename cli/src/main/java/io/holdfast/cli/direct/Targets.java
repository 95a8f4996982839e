package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The targets of one restore: all open before the first is written, all on the disk before the first gets its name. */
final class Targets implements AutoCloseable {

    // The hook that ends the process looks at it, too.
    private final List<DiskTarget> open = new CopyOnWriteArrayList<>();
    private final Map<Object, String> taken = new HashMap<>();
    private volatile boolean named;

    /**
     * Opens one more. Errors: as {@link LocalTarget#open} and {@link NbdTarget#open}, and {@code disk-unsupported} for a place that is
     * named twice.
     */
    DiskTarget add(String place, long size, boolean overwrite) {
        boolean export = NbdUri.isOne(place);
        String other = taken.putIfAbsent(export ? NbdUri.parse(place).identity() : identity(Path.of(place)), place);
        if (other != null) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED, other + " and " + place + " are one place: nothing was written.");
        }
        if (export && !overwrite) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED, place + " is an NBD export: --overwrite lets its content be lost.");
        }
        DiskTarget target = export ? NbdTarget.open(place, size) : LocalTarget.open(Path.of(place), size, overwrite);
        open.add(target);
        return target;
    }

    /** What tells a place from others, however it is called. */
    private static Object identity(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            if (FileKind.of(absolute) == FileKind.BLOCK_DEVICE) {
                return Files.getAttribute(absolute, "unix:rdev");
            }
            Path folder = absolute.getParent();
            return folder == null ? absolute : folder.toRealPath().resolve(absolute.getFileName());
        } catch (IOException e) {
            throw new ApiException(ErrorCode.DISK_UNWRITABLE, path + " cannot be written: " + Shell.why(e) + ".", e);
        }
    }

    /** Everything is written: it is synced, then files get their names. */
    void finish() {
        open.forEach(DiskTarget::sync);
        named = true;
        open.forEach(DiskTarget::appear);
    }

    /** Whether files have begun to appear under their names. */
    boolean isNamed() {
        return named;
    }

    @Override
    public void close() {
        open.forEach(DiskTarget::close);
    }
}
