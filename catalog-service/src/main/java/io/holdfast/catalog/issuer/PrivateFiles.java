package io.holdfast.catalog.issuer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files only their owner reads (0600) in a directory of its own (0700); each appears whole or not at all. */
final class PrivateFiles {

    private final Path directory;

    PrivateFiles(Path directory) throws IOException {
        this.directory = directory;
        var ownerOnly = PosixFilePermissions.fromString("rwx------");
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.isDirectory(directory)) {
            try {
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ownerOnly));
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(directory)) {
                    throw e;
                }
            }
        }
        Files.setPosixFilePermissions(directory, ownerOnly);
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    boolean exists(String name) {
        return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes the file unless it is there; a second writer leaves the first one's content. */
    void createOnce(String name, String text) throws IOException {
        Path fresh = write(name, text);
        try {
            Files.createLink(path(name), fresh);
        } catch (FileAlreadyExistsException _) {
            // Another replica was first; its content holds.
        } finally {
            Files.delete(fresh);
        }
    }

    /** Puts new content in the file's place at once. */
    void replace(String name, String text) throws IOException {
        Files.move(write(name, text), path(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path write(String name, String text) throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path fresh = Files.createTempFile(directory, "." + name, ".new", ownerOnly);
        try (FileChannel channel = FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE))) {
            var bytes = java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return fresh;
    }
}
