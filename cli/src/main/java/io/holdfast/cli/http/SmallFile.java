package io.holdfast.cli.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that hold a secret or a setting: read whole, and never more than they may have. */
public final class SmallFile {

    /**
     * The file's text in UTF-8.
     *
     * @throws IOException also when it has more than {@code maxBytes}
     */
    public static String text(Path file, int maxBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new IOException(file + " has more than " + maxBytes + " bytes.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private SmallFile() {}
}
