package io.holdfast.storage;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The keys of an S3 server's user.
 *
 * @param accessKey names the user; not empty
 * @param secretKey proves it; not empty, never shown
 */
public record Credentials(String accessKey, String secretKey) {

    public Credentials {
        if (accessKey.isBlank() || secretKey.isBlank()) {
            throw new IllegalArgumentException("An access key and a secret key are needed.");
        }
    }

    /**
     * Reads a file of two lines, {@code access-key=} and {@code secret-key=}.
     *
     * @throws IllegalArgumentException when a line is missing
     */
    public static Credentials read(Path file) throws IOException {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        }
        return new Credentials(
                lines.getProperty("access-key", "").strip(),
                lines.getProperty("secret-key", "").strip());
    }

    /** Shows neither key. */
    @Override
    public String toString() {
        return "Credentials[hidden]";
    }
}
