package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;

/** A disk in a raw file or block device that nobody writes to. The bytes are the guest's: no format is looked for in them. */
final class FileDiskSource implements DiskSource, AutoCloseable {

    private final String key;
    private final FileChannel channel;
    private final long size;
    private final Optional<Holes> holes;

    private FileDiskSource(String key, FileChannel channel, long size, Optional<Holes> holes) {
        this.key = key;
        this.channel = channel;
        this.size = size;
        this.holes = holes;
    }

    /** Opens it. Errors: {@code disk-not-found}, {@code disk-unsupported} for what is neither file nor block device. */
    static FileDiskSource open(String key, Path file) {
        FileKind kind = FileKind.of(file);
        if (kind == FileKind.ABSENT) {
            throw new ApiException(ErrorCode.DISK_NOT_FOUND, "There is no " + file + ".");
        }
        if (kind == FileKind.OTHER) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED, file + " is neither a file nor a block device: nothing was read.");
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                // A block device has no holes that anybody could ask for.
                Optional<Holes> holes = kind == FileKind.FILE ? Holes.of(file.toAbsolutePath()) : Optional.empty();
                return new FileDiskSource(key, channel, channel.size(), holes);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED,
                    file + (Files.isReadable(file) ? " cannot be opened: " + e.getMessage() : " may not be read") + ".",
                    e);
        }
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
        private final Holes file;
        private Optional<Range> next;

        Allocated(Holes file) {
            this.file = file;
            this.next = file.next(0, size);
        }

        @Override
        public boolean hasNext() {
            return next.isPresent();
        }

        @Override
        public Range next() {
            Range range = next.orElseThrow(NoSuchElementException::new);
            next = file.next(range.end(), size);
            return range;
        }
    }

    @Override
    public Optional<Iterator<Range>> changed() {
        return Optional.empty();
    }

    @Override
    public Optional<UUID> base() {
        return Optional.empty();
    }

    @Override
    public Optional<String> fullReason() {
        return Optional.empty();
    }

    @Override
    public void close() {
        holes.ifPresent(Holes::close);
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
