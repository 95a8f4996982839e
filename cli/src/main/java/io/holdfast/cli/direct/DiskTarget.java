package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Where a disk is restored to: a new file, which is written under another name and gets its own when it is complete, or a block
 * device. Thread-safe.
 */
final class DiskTarget implements AutoCloseable {

    private static final String UNFINISHED = ".holdfast-unfinished";

    private final Path path;
    private final Path written;
    private final FileChannel channel;
    private final boolean fresh;
    private boolean finished;

    private DiskTarget(Path path, Path written, FileChannel channel, boolean fresh) {
        this.path = path;
        this.written = written;
        this.channel = channel;
        this.fresh = fresh;
    }

    /** Opens it for a disk of so many bytes. Errors: {@code disk-unsupported}, {@code no-space}. */
    static DiskTarget open(Path path, long size, boolean overwrite) {
        FileKind kind = FileKind.of(path);
        try {
            return switch (kind) {
                case ABSENT -> file(path, size);
                case BLOCK_DEVICE -> device(path, size, overwrite);
                case FILE -> throw refused(path + " is there already: a restore makes a new file.");
                case OTHER -> throw refused(path + " is neither a block device nor the name of a new file.");
            };
        } catch (IOException e) {
            throw new ApiException(ErrorCode.DISK_UNSUPPORTED, path + " cannot be written: " + e.getMessage() + ".", e);
        }
    }

    private static DiskTarget file(Path path, long size) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path written = absolute.resolveSibling(absolute.getFileName() + UNFINISHED);
        FileChannel channel = FileChannel.open(
                written,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            // One that was killed left its file; one that is at work holds this lock.
            if (channel.tryLock() == null) {
                throw refused("Another restore writes " + path + ".");
            }
            channel.truncate(0);
            if (size > 0) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            return new DiskTarget(absolute, written, channel, true);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static DiskTarget device(Path path, long size, boolean overwrite) throws IOException {
        if (!overwrite) {
            throw refused(path + " is a block device: --overwrite says that its content may be lost.");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (channel.size() < size) {
            long there = channel.size();
            channel.close();
            throw refused(path + " has " + there + " bytes and the disk " + size + ".");
        }
        return new DiskTarget(path, path, channel, false);
    }

    private static ApiException refused(String why) {
        return new ApiException(ErrorCode.DISK_UNSUPPORTED, why);
    }

    /** Whether it reads as zeros where nothing is written. */
    boolean isFresh() {
        return fresh;
    }

    void write(long offset, ByteBuffer bytes) {
        try {
            long at = offset;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Everything is on the disk, and a file has its name; afterwards {@link #close} leaves it. */
    void finish() {
        try {
            channel.force(true);
            if (fresh) {
                // A link fails where a name was taken meanwhile; a move would replace it.
                Files.createLink(path, written);
                Files.delete(written);
                try (FileChannel folder = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
                    folder.force(true);
                }
            }
            finished = true;
        } catch (FileAlreadyExistsException e) {
            throw new ApiException(ErrorCode.DISK_UNSUPPORTED, path + " was made by somebody else meanwhile.", e);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private ApiException failed(IOException e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return new ApiException(
                full ? ErrorCode.NO_SPACE : ErrorCode.DISK_UNSUPPORTED,
                path + " cannot be written: " + e.getMessage() + ".",
                e);
    }

    /** Removes a file that is not finished. May be called twice. */
    @Override
    public void close() {
        try {
            if (channel.isOpen() && fresh && !finished) {
                Files.deleteIfExists(written);
            }
            channel.close();
        } catch (IOException e) {
            System.getLogger(DiskTarget.class.getName())
                    .log(System.Logger.Level.WARNING, written + " could not be removed: " + e.getMessage());
        }
    }
}
