package io.holdfast.storage.directory;

import io.holdfast.storage.Arguments;
import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The directory store. Several processes, also on several machines that mount the same share, may use one directory at
 * once. On NFS mount with {@code lookupcache=positive}, or a client may not see for some seconds what another one put.
 * The file system needs hard links.
 */
public final class DirectoryObjectStore implements ObjectStore {

    private final ObjectPaths paths;
    private final TemporaryFiles temporary;
    private final DurableDirectories directories;
    private final IoFailures failures;

    private DirectoryObjectStore(Path root, InstantSource clock) throws IOException {
        this.paths = ObjectPaths.below(root);
        this.temporary = new TemporaryFiles(root, clock);
        this.directories = new DurableDirectories(root);
        this.failures = new IoFailures(root);
    }

    /**
     * Opens an existing directory, and removes temporary files of processes that died.
     *
     * @param clock tells which temporary files are old
     */
    public static DirectoryObjectStore open(Path root, InstantSource clock) {
        Path absolute = root.toAbsolutePath().normalize();
        IoFailures failures = new IoFailures(absolute);
        try {
            DirectoryObjectStore store = new DirectoryObjectStore(absolute.toRealPath(), clock);
            if (!Files.isDirectory(store.paths.root())) {
                throw new StorageException(Kind.NO_SUCH_STORE, absolute + " is not a directory.");
            }
            store.temporary.removeLeftovers();
            return store;
        } catch (IOException e) {
            throw failures.translated(e);
        }
    }

    /** As {@link #open}, but makes the directory, and those above it, when it is absent. */
    public static DirectoryObjectStore create(Path root, InstantSource clock) {
        Path absolute = root.toAbsolutePath().normalize();
        try {
            if (Files.isDirectory(absolute) || !Files.exists(absolute)) {
                DurableDirectories.createAll(absolute);
            }
        } catch (IOException e) {
            throw new IoFailures(absolute).translated(e);
        }
        return open(absolute, clock);
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, byte[] body) {
        Arguments.checkBody(key, body);
        Arguments.checkInterrupt();
        try {
            Path target = paths.of(key);
            paths.checkRoot();
            directories.ensure(target.getParent());
            paths.checkParent(target);
            PutResult result = exists(target) ? synced(target, PutResult.EXISTS) : publish(target, body);
            // Once more: what was unmounted in between took the object to another disk, and that is not stored.
            paths.checkRoot();
            return result;
        } catch (IOException e) {
            throw failures.ofWrite(key, e, body.length);
        }
    }

    private PutResult publish(Path target, byte[] body) throws IOException {
        try (TemporaryFiles.Written written = temporary.write(body)) {
            Arguments.checkInterrupt();
            return synced(target, link(target, written.path()));
        }
    }

    private static PutResult link(Path target, Path source) throws IOException {
        try {
            Files.createLink(target, source);
            return PutResult.CREATED;
        } catch (FileAlreadyExistsException e) {
            // A link sent twice over NFS after a lost reply fails although the first one made it: the same file tells.
            return Files.isSameFile(target, source) ? PutResult.CREATED : PutResult.EXISTS;
        }
    }

    /** Also what exists already is synced: its writer may have died before it came to that. */
    private static PutResult synced(Path target, PutResult result) throws IOException {
        DurableDirectories.sync(target.getParent());
        return result;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        Arguments.checkMaxBytes(maxBytes);
        return reading(key, (path, size) -> {
            Arguments.checkSize(key, size, maxBytes);
            return read(key, path, 0, (int) size);
        });
    }

    @Override
    public byte[] getRange(ObjectKey key, long offset, int length) {
        Arguments.checkRange(offset, length);
        return reading(key, (path, size) -> {
                    Arguments.checkInside(key, offset, length, size);
                    return read(key, path, offset, length);
                })
                .orElseThrow(() -> Arguments.notFound(key));
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return reading(key, (path, size) -> new ObjectInfo(key, size));
    }

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<ObjectInfo> list(String prefix, String startAfter) {
        Arguments.checkInterrupt();
        paths.checkRoot();
        DirectoryListing listing = new DirectoryListing(paths, prefix, startAfter, failures);
        int shape = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(listing, shape), false);
    }

    @Override
    public void delete(ObjectKey key) {
        Optional<Path> found = reading(key, (path, size) -> path);
        try {
            if (found.isPresent()) {
                Files.deleteIfExists(found.get());
            }
        } catch (IOException e) {
            throw failures.ofRead(key, e);
        }
    }

    @Override
    public Optional<String> stranger() {
        Arguments.checkInterrupt();
        paths.checkRoot();
        try {
            return Strangers.firstIn(paths.root());
        } catch (IOException e) {
            throw failures.translated(e);
        }
    }

    @Override
    public String describe() {
        return "directory " + paths.root();
    }

    @Override
    public void close() {
        // No open file outlives a call.
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** What is done with an object's file of this size. */
    private interface FileUse<T> {
        T apply(Path path, long size) throws IOException;
    }

    private <T> Optional<T> reading(ObjectKey key, FileUse<T> use) {
        Arguments.checkInterrupt();
        Path path = paths.of(key);
        paths.checkRoot();
        try {
            paths.checkParent(path);
            BasicFileAttributes found =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile()) {
                return notAFile(key, found);
            }
            return Optional.of(use.apply(path, found.size()));
        } catch (NoSuchFileException e) {
            paths.checkRoot();
            return Optional.empty();
        } catch (IOException e) {
            throw failures.ofRead(key, e);
        }
    }

    private static <T> Optional<T> notAFile(ObjectKey key, BasicFileAttributes found) {
        if (found.isDirectory()) {
            return Optional.empty();
        }
        throw new StorageException(Kind.OTHER, "What bears the name " + key + " is not a plain file; it is not read.");
    }

    private static byte[] read(ObjectKey key, Path path, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try (SeekableByteChannel file =
                Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            file.position(offset);
            while (bytes.hasRemaining()) {
                if (file.read(bytes) < 0) {
                    throw new StorageException(Kind.CORRUPT_REPLY, "Object " + key + " became shorter while read.");
                }
            }
        }
        return bytes.array();
    }
}
