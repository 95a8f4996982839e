package io.holdfast.storage.directory;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** What lies in a directory and is no object: names outside the alphabet of keys, links, devices. */
final class Strangers {

    /** Ours, and what a file system puts into its own root. */
    private static final Set<String> NO_STRANGERS = Set.of(".tmp", "lost+found");

    private Strangers() {}

    static Optional<String> firstIn(Path root) throws IOException {
        return firstIn(root, root);
    }

    private static Optional<String> firstIn(Path root, Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                Optional<String> found = stranger(root, entry);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static Optional<String> stranger(Path root, Path entry) throws IOException {
        String name = String.valueOf(entry.getFileName());
        boolean inRoot = root.equals(entry.getParent());
        if (inRoot && NO_STRANGERS.contains(name)) {
            return Optional.empty();
        }
        boolean folder = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
        boolean named = FolderPages.SEGMENT.matcher(name).matches();
        if (!named || (!folder && !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))) {
            return Optional.of(root.relativize(entry).toString().replaceAll("\\p{Cntrl}", "?"));
        }
        return folder ? firstIn(root, entry) : Optional.empty();
    }
}
