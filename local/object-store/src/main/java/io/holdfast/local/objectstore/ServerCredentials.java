package io.holdfast.local.objectstore;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;

/** The one pair of keys that the server accepts, from a file of two lines, {@code access-key=} and {@code secret-key=}. */
record ServerCredentials(String accessKey, String secretKey) {

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    /** @throws IllegalArgumentException when the file is open to others or incomplete */
    static ServerCredentials read(Path file) throws IOException {
        if (!OWNER.containsAll(Files.getPosixFilePermissions(file))) {
            throw new IllegalArgumentException(file + " must be readable by its owner only (chmod 600)");
        }
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        }
        String accessKey = lines.getProperty("access-key", "").strip();
        String secretKey = lines.getProperty("secret-key", "").strip();
        if (accessKey.length() < 3 || secretKey.length() < 8) {
            throw new IllegalArgumentException(
                    file + " must hold access-key (3 characters or more) and secret-key (8 or more)");
        }
        return new ServerCredentials(accessKey, secretKey);
    }

    @Override
    public String toString() {
        return "ServerCredentials[hidden]";
    }
}
