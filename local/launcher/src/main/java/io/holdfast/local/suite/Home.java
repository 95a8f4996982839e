package io.holdfast.local.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state folder of one suite: everything it keeps is below it, readable by its owner only.
 *
 * @param root absolute path
 */
public record Home(Path root) {

    /** A unix socket's path has at most 107 bytes; what Holdfast and libvirt append needs this many of them. */
    private static final int LONGEST_ROOT = 60;

    public Home {
        root = root.toAbsolutePath().normalize();
        if (root.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_ROOT) {
            throw new IllegalArgumentException("The state folder's path is too long for unix sockets (more than "
                    + LONGEST_ROOT + " bytes): " + root + ". Set HOLDFAST_HOME to a shorter one.");
        }
    }

    /** {@code $HOLDFAST_HOME}, else {@code ~/.holdfast}. */
    public static Home ofEnvironment(Map<String, String> environment) {
        String given = environment.get("HOLDFAST_HOME");
        return new Home(
                given != null && !given.isBlank()
                        ? Path.of(given)
                        : Path.of(System.getProperty("user.home"), ".holdfast"));
    }

    /** Makes the folder and those below it, each for the owner only. */
    public Home create() {
        for (Path folder : new Path[] {root, logs(), secrets(), issuer(), nbd(), postgres(), objects(), run()}) {
            privateFolder(folder);
        }
        return this;
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

    /** Sockets of frozen views and served points. */
    public Path nbd() {
        return root.resolve("nbd");
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

    public Path adminToken() {
        return issuer().resolve("admin.jwt");
    }

    /** Makes a folder for its owner only; an existing one is tightened. */
    public static void privateFolder(Path folder) {
        try {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
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
