package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A machine's definition in a new file, written before its disks and removed unless they are restored. */
final class DefinitionFile implements AutoCloseable {

    private final Path file;
    private volatile boolean kept;

    private DefinitionFile(Path file) {
        this.file = file;
    }

    /** Errors: {@code disk-unwritable}; {@code invalid-request} where the point holds no definition, or the file is there. */
    static DefinitionFile write(Path file, String definition) {
        if (definition.isEmpty()) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "This point holds no definition: its disks were backed up directly.");
        }
        DefinitionFile made = new DefinitionFile(file);
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(definition.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            return made;
        } catch (FileAlreadyExistsException e) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    file + " is there already: the definition is written into a new file.",
                    e);
        } catch (IOException e) {
            made.close();
            throw new ApiException(
                    ErrorCode.DISK_UNWRITABLE,
                    "The definition cannot be written to " + file + ": " + Shell.why(e) + ".",
                    e);
        }
    }

    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        if (!kept) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                System.getLogger(DefinitionFile.class.getName())
                        .log(System.Logger.Level.WARNING, file + " could not be removed: " + e.getMessage());
            }
        }
    }
}
