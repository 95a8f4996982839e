package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A new file, which is written under another name and gets its own when it is complete, or a block device that nobody else uses.
 */
final class LocalTarget implements DiskTarget {

    private final Path path;
    private final Path written;
    private final FileChannel channel;
    /** Of a block device: while it is open nobody mounts or assembles it. */
    private final @Nullable Posix hold;

    private boolean complete;
    private boolean closed;

    private LocalTarget(Path path, Path written, FileChannel channel, @Nullable Posix hold) {
        this.path = path;
        this.written = written;
        this.channel = channel;
        this.hold = hold;
    }

    /** Opens it for a disk of so many bytes. Errors: {@code disk-unsupported}, {@code disk-unwritable}, {@code no-space}. */
    static LocalTarget open(Path path, long size, boolean overwrite) {
        Path absolute = path.toAbsolutePath();
        try {
            return switch (FileKind.of(absolute)) {
                case ABSENT -> file(absolute, size);
                case BLOCK_DEVICE -> device(absolute, size, overwrite);
                case FILE -> throw refused(path + " is there already: a restore makes a new file.");
                case OTHER -> throw refused(path + " is neither a block device nor the name of a new file.");
            };
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static LocalTarget file(Path path, long size) throws IOException {
        // A name of its own: nothing that is there is opened, whoever put it there.
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        Path written = path.resolveSibling(path.getFileName() + "." + random + ".holdfast-unfinished");
        FileChannel channel = FileChannel.open(
                written,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        LocalTarget target = new LocalTarget(path, written, channel, null);
        try {
            if (size > 0) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
            return target;
        } catch (IOException | RuntimeException e) {
            target.close();
            throw e;
        }
    }

    private static LocalTarget device(Path path, long size, boolean overwrite) throws IOException {
        if (!overwrite) {
            throw refused(path + " is a block device: --overwrite says that its content may be lost.");
        }
        Posix hold = Posix.open(path, Posix.O_RDWR | Posix.O_EXCL);
        if (!hold.isOpen()) {
            boolean busy = hold.errno() == Posix.EBUSY;
            hold.close();
            throw refused(path + (busy ? " is in use: mounted, or part of something." : " may not be written."));
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        LocalTarget target = new LocalTarget(path, path, channel, hold);
        long there = channel.size();
        if (there < size) {
            target.close();
            throw refused(path + " has " + there + " bytes and the disk " + size + ".");
        }
        return target;
    }

    private static ApiException refused(String why) {
        return new ApiException(ErrorCode.DISK_UNSUPPORTED, why);
    }

    @Override
    public boolean isFresh() {
        return hold == null;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) {
        try {
            long at = offset;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    @Override
    public void zero(long offset, int length) {
        write(offset, ByteBuffer.allocate(length));
    }

    @Override
    public synchronized void sync() {
        try {
            channel.force(true);
            complete = true;
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    @Override
    public synchronized void appear() {
        if (!isFresh()) {
            return;
        }
        try {
            name();
            try (FileChannel folder = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (FileAlreadyExistsException e) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED,
                    path + " was made by somebody else meanwhile: the restored disk is complete in " + written + ".",
                    e);
        } catch (IOException e) {
            Path lies = Files.exists(written) ? written : path;
            throw new ApiException(
                    ErrorCode.DISK_UNWRITABLE,
                    "The restored disk is complete in " + lies + ", but not all of the rest was done: " + Shell.why(e)
                            + ".",
                    e);
        }
    }

    /** A link fails where the name is taken, a move replaces what is there; but not every file system has links. */
    private void name() throws IOException {
        try {
            Files.createLink(path, written);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            Files.move(written, path);
            return;
        }
        Files.delete(written);
    }

    private static ApiException failed(Path path, IOException e) {
        String message = String.valueOf(e.getMessage());
        boolean full = message.contains("No space left") || message.contains("quota exceeded");
        return new ApiException(
                full ? ErrorCode.NO_SPACE : ErrorCode.DISK_UNWRITABLE,
                path + " cannot be written: " + Shell.why(e) + ".",
                e);
    }

    /** Removes a file that is not complete. May be called twice, also by a hook that ends the process. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (isFresh() && !complete) {
                Files.deleteIfExists(written);
            }
            channel.close();
        } catch (IOException e) {
            System.getLogger(LocalTarget.class.getName())
                    .log(System.Logger.Level.WARNING, written + " could not be removed: " + e.getMessage());
        } finally {
            if (hold != null) {
                hold.close();
            }
        }
    }
}
