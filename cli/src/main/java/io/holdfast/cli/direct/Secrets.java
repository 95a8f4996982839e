package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Report;
import io.holdfast.vault.KeyFile;
import io.holdfast.vault.VaultSecret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/** Key files on this machine. */
final class Secrets {

    /** The key in a file. Errors: {@code invalid-request} for one that is not there or is no key. */
    static VaultSecret keyFile(Shell shell, Path file, Report report) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > KeyFile.MOST_BYTES) {
                throw new IllegalArgumentException(file + " is no key file.");
            }
            shell.warnIfOthersMayRead(file, report);
            return new KeyFile(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "The key file " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Makes a key file of 256 random bits in text, its owner's alone. Error: {@code invalid-request} when it is there. */
    static void makeKeyFile(Path file) {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        byte[] text = (HexFormat.of().formatHex(key) + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "The key file " + file + " cannot be made: " + e.getMessage() + ".", e);
        }
    }

    private Secrets() {}
}
