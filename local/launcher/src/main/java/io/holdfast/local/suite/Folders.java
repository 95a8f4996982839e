package io.holdfast.local.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Folders that are Holdfast's own. A path comes from a person and may name anything, so a folder that is already there is used,
 * and later removed, only with a marker file in it that says whose it is; and permissions are set when a folder is made and never
 * again, because whoever opened one since had a reason.
 */
public final class Folders {

    /**
     * Makes a folder for its owner only and marks it; an empty one is marked and otherwise left as it is.
     *
     * @throws RefusedException when something is in it that is not ours
     */
    public static void claim(Path folder, String marker) {
        try {
            makePrivate(folder);
            if (!isMarked(folder, marker)) {
                refuseUnlessEmpty(folder, marker);
                Files.createFile(folder.resolve(marker));
            }
        } catch (FileAlreadyExistsException e) {
            throw RefusedException.wrongValue(folder + " is no folder.");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder " + folder, e);
        }
    }

    /** Whether the folder exists and carries the marker. */
    public static boolean isMarked(Path folder, String marker) {
        return Files.isRegularFile(folder.resolve(marker), LinkOption.NOFOLLOW_LINKS);
    }

    /** Throws when a folder has anything in it but no marker. */
    public static void refuseUnlessEmpty(Path folder, String marker) throws IOException {
        if (!Files.isDirectory(folder) || isMarked(folder, marker)) {
            return;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isPresent()) {
                throw RefusedException.wrongValue("The folder " + folder + " is not empty and was not made by Holdfast:"
                        + " nothing in it is touched. Set HOLDFAST_HOME to another one. (If it is Holdfast's after all,"
                        + " make the file " + marker + " in it.)");
            }
        }
    }

    /** Makes a folder for its owner only, with those above it; one that is there stays as it is. */
    public static void makePrivate(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** Removes a marked folder with everything in it, the marker last; nothing happens when there is none. */
    public static void remove(Path folder, String marker) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        refuseUnlessEmpty(folder, marker);
        Path mark = folder.resolve(marker);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(mark) && !path.equals(folder)) {
                    Files.deleteIfExists(path);
                }
            }
        }
        Files.deleteIfExists(mark);
        Files.deleteIfExists(folder);
    }

    /** Gives a folder its final name once everything in it is on the disk for good, and the name too. */
    static void publish(Path fresh, Path name) throws IOException {
        sync(fresh);
        Files.move(fresh, name, StandardCopyOption.ATOMIC_MOVE);
        sync(name.resolveSibling("."));
    }

    /** Makes a folder's entries survive a power cut. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Folders() {}
}
