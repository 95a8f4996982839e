package io.holdfast.testkit.s3;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The program of a real MinIO: {@code -Dholdfast.minio=}, or {@code minio} on the PATH. */
public final class MinioBinary {

    private static final String PROPERTY = "holdfast.minio";

    private static final String MISSING =
            "Skipped: no MinIO here. Go 1.24 or newer makes one in some minutes: go install"
                    + " github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c. Put it on the PATH or name it with"
                    + " -D" + PROPERTY + "=.";

    private MinioBinary() {}

    /** The program; where there is none the test is skipped, and the run says why and how to get one. */
    public static Path orSkip() {
        String given = System.getProperty(PROPERTY, "");
        return given.isEmpty() ? onPath() : named(Path.of(given));
    }

    /** One that was asked for by name and is not there is a mistake, not a reason to skip. */
    private static Path named(Path given) {
        if (!Files.isRegularFile(given) || !Files.isExecutable(given)) {
            throw new IllegalStateException("-D" + PROPERTY + " names no program: " + given);
        }
        return given.toAbsolutePath();
    }

    private static Path onPath() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, "minio"))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .orElseGet(MinioBinary::skip);
    }

    private static Path skip() {
        // Surefire counts skipped classes and keeps their reasons to itself.
        System.out.println(MISSING);
        return abort(MISSING);
    }
}
