package io.holdfast.testkit.s3;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The program of a real MinIO: {@code -Dholdfast.minio=}, or {@code minio} on the PATH. */
final class MinioBinary {

    /** How to get one. */
    static final String MISSING = "no MinIO here. Go 1.24 or newer makes one in some minutes: go install"
            + " github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c. Put it on the PATH or name it with"
            + " -Dholdfast.minio=.";

    private MinioBinary() {}

    static Optional<Path> find() {
        String given = System.getProperty("holdfast.minio", "");
        return given.isEmpty() ? onPath() : Optional.of(named(Path.of(given)));
    }

    /** One that was asked for by name and is not there is a mistake, not a reason to skip. */
    private static Path named(Path given) {
        if (!isProgram(given)) {
            throw new IllegalStateException("-Dholdfast.minio= names no program: " + given);
        }
        return given.toAbsolutePath();
    }

    private static Optional<Path> onPath() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, "minio"))
                .filter(MinioBinary::isProgram)
                .findFirst();
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
