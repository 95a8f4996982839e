package io.holdfast.local.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state folder of one suite: everything it keeps is below it, readable by its owner only. Sockets, which another user's QEMU
 * has to reach, are elsewhere.
 *
 * @param root absolute path
 * @param nbd sockets of frozen views and served points
 */
public record Home(Path root, Path nbd) {

    /** Says that the folder is a suite's. */
    public static final String MARKER = ".holdfast";

    public Home {
        root = root.toAbsolutePath().normalize();
    }

    /** With its sockets in the usual place. */
    public Home(Path root) {
        this(root, SocketFolder.usual(root.toAbsolutePath().normalize()));
    }

    /** {@code $HOLDFAST_HOME}, else {@code ~/.holdfast}. */
    public static Home ofEnvironment(Map<String, String> environment) {
        String given = environment.get("HOLDFAST_HOME");
        Path root = (given != null && !given.isBlank()
                        ? Path.of(given)
                        : Path.of(System.getProperty("user.home"), ".holdfast"))
                .toAbsolutePath()
                .normalize();
        return new Home(root, SocketFolder.of(root, environment));
    }

    /**
     * Makes the folder and those below it, each for the owner only; what is there keeps its permissions.
     *
     * @throws RefusedException when the folder has something else in it
     */
    public Home create() {
        Folders.claim(root, MARKER);
        for (Path folder : new Path[] {logs(), secrets(), issuer(), postgres(), objects(), run()}) {
            privateFolder(folder);
        }
        SocketFolder.make(nbd);
        return this;
    }

    /** Removes the sockets at which nobody listens any more, and their folder when nothing else is in it. */
    public void removeDeadSockets() {
        SocketFolder.removeDead(nbd);
    }

    /** Whether a suite was ever started here. */
    public boolean exists() {
        return Folders.isMarked(root, MARKER);
    }

    public Path logs() {
        return root.resolve("log");
    }

    public Path secrets() {
        return root.resolve("secret");
    }

    /** The built-in issuer's key and tokens. */
    public Path issuer() {
        return root.resolve("issuer");
    }

    public Path postgres() {
        return root.resolve("pg");
    }

    public Path objects() {
        return root.resolve("s3");
    }

    public Path run() {
        return root.resolve("run");
    }

    /** What the command line reads to find the suite. */
    public Path suiteFile() {
        return root.resolve("suite.json");
    }

    /** Names the build that a running suite was started from: whoever talks to it uses the same. */
    public Path buildFile() {
        return run().resolve("build");
    }

    public Path adminToken() {
        return issuer().resolve("admin.jwt");
    }

    /** Makes a folder for its owner only. */
    public static void privateFolder(Path folder) {
        try {
            Folders.makePrivate(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder " + folder, e);
        }
    }

    /** Writes a file for its owner only, whole or not at all. */
    public static void privateFile(Path file, String text) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, text, StandardOpenOption.SYNC);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Folders.sync(file.resolveSibling("."));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** The file's text without surrounding white space, or null when there is none. */
    public static @Nullable String readIfPresent(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file).strip() : null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
