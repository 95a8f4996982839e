package io.holdfast.storage.directory;

import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes folders so that they survive the loss of power: an entry is durable once the directory that holds it is synced. */
final class DurableDirectories {

    /** Folders known to be durable; beyond this many they are forgotten, which costs syncs, not safety. */
    private static final int MAX_KNOWN = 10_000;

    private final Path root;
    private final Set<Path> known = ConcurrentHashMap.newKeySet();

    DurableDirectories(Path root) {
        this.root = root;
    }

    /** Makes a directory and what is missing above it. */
    static void createAll(Path folder) throws IOException {
        Path above = folder.getParent();
        if (above == null || Files.isDirectory(folder)) {
            return;
        }
        createAll(above);
        Files.createDirectories(folder);
        sync(above);
    }

    /** Makes {@code folder} and what is missing above it, up to the root, which must exist. */
    void ensure(@Nullable Path folder) throws IOException {
        if (folder == null || (known.contains(folder) && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))) {
            return;
        }
        if (folder.equals(root)) {
            checkRoot();
            return;
        }
        ensure(folder.getParent());
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new StorageException(
                        Kind.OTHER,
                        root.relativize(folder) + " is an object or a link, so no object can lie below it.");
            }
        }
        // Also when another writer made it: that one may die before it syncs.
        sync(folder.getParent());
        if (known.size() >= MAX_KNOWN) {
            known.clear();
        }
        known.add(folder);
    }

    static void sync(@Nullable Path folder) throws IOException {
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private void checkRoot() throws NoSuchFileException {
        if (!Files.isDirectory(root)) {
            throw new NoSuchFileException(root.toString());
        }
    }
}
