package io.holdfast.local.objectstore;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/**
 * What a server that was killed left of puts: S3Proxy writes an object as {@code KEY-UUID} beside its place and removes that name
 * at the end. Clients see it as an object, whole or cut.
 */
final class Leftovers {

    private static final System.Logger LOG = System.getLogger(Leftovers.class.getName());

    /** Only behind the names that a vault's objects have, none of which has a hyphen: nothing else is touched. */
    private static final Pattern LEFTOVER = Pattern.compile(
            "(vault|[0-9a-f]{16}|[0-9a-f]{32})-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private Leftovers() {}

    /** Removes them; only while no server writes below this directory. */
    static void removeBelow(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()
                        && LEFTOVER.matcher(file.getFileName().toString()).matches()) {
                    LOG.log(System.Logger.Level.INFO, "removing {0}, left by a put that was cut off", file);
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                LOG.log(System.Logger.Level.WARNING, "{0} is not looked into: {1}", file, failure.getMessage());
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
