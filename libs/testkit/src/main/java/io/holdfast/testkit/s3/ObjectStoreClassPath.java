package io.holdfast.testkit.s3;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds what {@code local/object-store} was built into, without it ever being on this class path. */
final class ObjectStoreClassPath {

    /** Names the class path when the tests do not run inside the source tree. */
    private static final String PROPERTY = "holdfast.object-store.classpath";

    private ObjectStoreClassPath() {}

    static String find() {
        String given = System.getProperty(PROPERTY);
        if (given != null) {
            return given;
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = parentOf(folder)) {
            Path target = folder.resolve("local/object-store/target");
            if (Files.isDirectory(target.resolve("classes")) && Files.isDirectory(target.resolve("lib"))) {
                return target.resolve("classes") + File.pathSeparator + target.resolve("lib") + File.separator + "*";
            }
        }
        throw new IllegalStateException("The S3 server for tests is not built. Build it once with"
                + " \"mvn -pl local/object-store process-classes\" in the source tree's root, or name its class path with"
                + " -D" + PROPERTY + "=.");
    }

    private static @Nullable Path parentOf(Path folder) {
        return folder.getParent();
    }
}
