package io.holdfast.storage.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files that puts write before they publish them, in {@code .tmp}, which no key can name. Each is locked while its
 * writer lives: the kernel gives a dead process's locks back, also across containers and over NFS, where process numbers
 * say nothing. Whoever opens the store removes what is not locked.
 */
final class TemporaryFiles {

    /**
     * A file is made and locked in two steps; an empty one may lie between them, unless it is older than this. Ample for a
     * stopped process. One that holds something was locked: if it is not, its writer is dead.
     */
    private static final Duration YOUNG = Duration.ofMinutes(10);

    /** Files of this process. Probing their locks would give them back: closing any handle of a file does (POSIX). */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final InstantSource clock;

    TemporaryFiles(Path root, InstantSource clock) {
        this.folder = root.resolve(".tmp");
        this.clock = clock;
    }

    /** A synced temporary file; closing removes its temporary name. */
    record Written(Path path, FileChannel channel) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try {
                Files.deleteIfExists(path);
            } finally {
                channel.close();
                OURS.remove(path);
            }
        }
    }

    Written write(byte[] body) throws IOException {
        makeFolder();
        Path path = folder.resolve(UUID.randomUUID().toString());
        OURS.add(path);
        Written written = new Written(path, open(path));
        try {
            lock(written.channel());
            ByteBuffer rest = ByteBuffer.wrap(body);
            while (rest.hasRemaining()) {
                written.channel().write(rest);
            }
            written.channel().force(true);
            return written;
        } catch (IOException | RuntimeException e) {
            try (written) {
                throw e;
            }
        }
    }

    private static FileChannel open(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            OURS.remove(path);
            throw e;
        }
    }

    /** Where a share has no locks, {@link #removeLeftovers} leaves everything alone, so the write may go on. */
    private static void lock(FileChannel channel) throws IOException {
        try {
            channel.tryLock();
        } catch (IOException e) {
            if (!channel.isOpen()) {
                throw e;
            }
        }
    }

    private void makeFolder() throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /** Removes files that no living process holds. */
    void removeLeftovers() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                removeIfLeft(file);
            }
        }
    }

    private void removeIfLeft(Path file) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean beingMade = found.size() == 0
                    && found.lastModifiedTime()
                            .toInstant()
                            .isAfter(clock.instant().minus(YOUNG));
            if (found.isRegularFile() && !beingMade && !OURS.contains(file) && unlocked(file)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // Gone meanwhile, or a store that we may only read: a leftover is a waste, never a harm.
            return;
        }
    }

    private static boolean unlocked(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException | NoSuchFileException e) {
            return false;
        }
    }
}
