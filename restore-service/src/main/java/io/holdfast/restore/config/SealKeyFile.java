package io.holdfast.restore.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Reads {@code holdfast.seal-key-file}: 32 random bytes in base64. */
final class SealKeyFile {

    static byte[] read(Path file) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("holdfast.seal-key-file cannot be read", e);
        } catch (IllegalArgumentException e) {
            // Without the cause: its message quotes the content.
            throw new IllegalStateException("holdfast.seal-key-file is not base64");
        }
        if (key.length != 32) {
            throw new IllegalStateException("holdfast.seal-key-file does not hold 32 bytes");
        }
        return key;
    }

    private SealKeyFile() {}
}
