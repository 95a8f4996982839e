package io.holdfast.snapshot.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/**
 * Tells two names of one file, by symbolic links, hard links or mounts, as far as this machine sees the hypervisor's files. Where
 * it does not, names are all there is.
 */
final class SameFile {

    private SameFile() {}

    /** The name among these that leads to the file of this path: the path itself, or another name of the file. */
    static Optional<String> among(Collection<String> names, String path) {
        if (names.contains(path)) {
            return Optional.of(path);
        }
        return names.stream().filter(name -> same(name, path)).findFirst();
    }

    private static boolean same(String one, String other) {
        try {
            return Files.isSameFile(Path.of(one), Path.of(other));
        } catch (IOException | InvalidPathException e) {
            // One of them is not here, so that they are not both one file that is.
            return false;
        }
    }
}
