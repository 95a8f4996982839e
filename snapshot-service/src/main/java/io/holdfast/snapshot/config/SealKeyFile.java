package io.holdfast.snapshot.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.Set;

/** Reads the seal key: 32 random bytes in base64, in a file only its owner reads. The service does not start otherwise. */
final class SealKeyFile {

    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    /** The key; an {@link IllegalStateException} says in a sentence why there is none. */
    static byte[] read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw refused(
                        file, "does not exist. Make one: head -c 32 /dev/urandom | base64 > FILE; chmod 600 FILE");
            }
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw refused(file, "can be read or written by others than its owner. Run: chmod 600 " + file);
            }
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length != 32) {
                throw refused(file, "holds " + key.length + " bytes, not 32.");
            }
            return key;
        } catch (IOException e) {
            throw new IllegalStateException("The seal key file " + file + " cannot be read.", e);
        } catch (IllegalArgumentException e) {
            // The cause would repeat part of the key.
            throw refused(file, "is not base64.");
        }
    }

    private static IllegalStateException refused(Path file, String why) {
        return new IllegalStateException("The seal key file " + file + " (holdfast.seal-key-file) " + why);
    }

    private SealKeyFile() {}
}
