package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** A disk in a raw file or block device that nobody writes to. The bytes are the guest's: no format is looked for in them. */
final class FileDiskSource implements DiskSource, AutoCloseable {

    private final String key;
    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final List<Object> written;
    private final Optional<Holes> holes;

    private FileDiskSource(String key, Path file, FileChannel channel, Optional<Holes> holes) throws IOException {
        this.key = key;
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
        this.written = written(file);
        this.holes = holes;
    }

    /** Opens it. Errors: {@code disk-not-found}, {@code disk-unsupported} for what is neither file nor block device. */
    static FileDiskSource open(String key, Path file) {
        try {
            FileKind kind = FileKind.of(file);
            return switch (kind) {
                case ABSENT -> throw new ApiException(ErrorCode.DISK_NOT_FOUND, "There is no " + file + ".");
                case OTHER ->
                    throw new ApiException(
                            ErrorCode.DISK_UNSUPPORTED,
                            file + " is neither a file nor a block device: nothing was read.");
                case FILE, BLOCK_DEVICE -> opened(key, file, kind);
            };
        } catch (IOException e) {
            throw new ApiException(ErrorCode.DISK_UNREADABLE, file + " cannot be opened: " + Shell.why(e) + ".", e);
        }
    }

    private static FileDiskSource opened(String key, Path file, FileKind kind) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        // A block device has no holes that anybody could ask for.
        Optional<Holes> holes = kind == FileKind.FILE ? Holes.of(file) : Optional.empty();
        try {
            return new FileDiskSource(key, file, channel, holes);
        } catch (IOException | RuntimeException e) {
            holes.ifPresent(Holes::close);
            channel.close();
            throw e;
        }
    }

    /** Changes with every write; somebody may set the time of modification back, but not that of the last change. */
    private static List<Object> written(Path file) throws IOException {
        return List.of(Files.getLastModifiedTime(file), Files.getAttribute(file, "unix:ctime"));
    }

    /** Fails when the file was written or cut since it was opened: what was read then is of no one moment. */
    void refuseWritten() {
        try {
            if (channel.size() == size && written(file).equals(written)) {
                return;
            }
        } catch (IOException e) {
            throw new ApiException(ErrorCode.DISK_UNREADABLE, file + " cannot be looked at: " + Shell.why(e) + ".", e);
        }
        throw new ApiException(
                ErrorCode.DISK_UNREADABLE,
                file
                        + " was written while it was read, so that no point was made: back up a disk that nobody writes to.");
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public String format() {
        return "raw";
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new IOException("disk " + key + " was cut to " + at + " bytes while it was read");
            }
            at += read;
        }
    }

    @Override
    public Iterator<Range> allocated() {
        if (holes.isPresent()) {
            return new Allocated(holes.get());
        }
        return size == 0
                ? List.<Range>of().iterator()
                : List.of(new Range(0, size)).iterator();
    }

    private final class Allocated implements Iterator<Range> {
        private final Holes of;
        private Optional<Range> next;

        Allocated(Holes of) {
            this.of = of;
            this.next = of.next(0, size);
        }

        @Override
        public boolean hasNext() {
            return next.isPresent();
        }

        @Override
        public Range next() {
            Range range = next.orElseThrow(NoSuchElementException::new);
            next = of.next(range.end(), size);
            return range;
        }
    }

    @Override
    public void close() {
        holes.ifPresent(Holes::close);
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
