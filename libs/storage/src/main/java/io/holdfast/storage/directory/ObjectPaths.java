package io.holdfast.storage.directory;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Key to path. {@link ObjectKey}'s alphabet makes {@code ..} and absolute paths impossible; here it is checked again, and
 * a symbolic link below the root is refused, because it would lead out.
 */
record ObjectPaths(Path root, Optional<Object> identity) {

    /** The paths below this directory as it is now. */
    static ObjectPaths below(Path root) throws IOException {
        return new ObjectPaths(root, Optional.ofNullable(attributes(root).fileKey()));
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    Path of(ObjectKey key) {
        Path path = root.resolve(key.value()).normalize();
        if (!path.startsWith(root) || !root.relativize(path).toString().equals(key.value())) {
            throw new StorageException(Kind.OTHER, "The key " + key + " is no path below the vault.");
        }
        return path;
    }

    /** Refuses a path whose folder is reached through a symbolic link. Absent folders pass as absent. */
    void checkParent(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent != null && !parent.toRealPath().equals(parent)) {
            throw new StorageException(
                    Kind.OTHER,
                    "A symbolic link stands in the way to " + root.relativize(path) + "; it is not followed.");
        }
        if (parent != null && !Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(path.toString());
        }
    }

    /**
     * Fails unless the vault's directory is the one that was opened: what is seen when a disk was unmounted is the empty folder
     * below it, which must neither look like an empty vault nor be written to.
     */
    void checkRoot() {
        try {
            BasicFileAttributes now = attributes(root);
            if (now.isDirectory()) {
                if (identity.isPresent() && !identity.get().equals(now.fileKey())) {
                    throw new StorageException(
                            Kind.UNAVAILABLE,
                            "The directory " + root + " is not the one that was opened: it was unmounted or replaced.");
                }
                return;
            }
        } catch (IOException e) {
            throw new StorageException(Kind.NO_SUCH_STORE, "There is no directory " + root + ".", e);
        }
        throw new StorageException(Kind.NO_SUCH_STORE, "There is no directory " + root + ".");
    }
}
