package io.holdfast.storage.directory;

import io.holdfast.storage.Arguments;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What an {@link IOException} of the file system means to the caller. */
record IoFailures(Path root) {

    StorageException translated(IOException failure) {
        return translated(failure, "", 0);
    }

    /** A failure while one object was read. */
    StorageException ofRead(ObjectKey key, IOException failure) {
        return translated(failure, " at object " + key, 0);
    }

    /** @param wanted bytes that were being written; tells a full disk apart where the system speaks another language */
    StorageException ofWrite(ObjectKey key, IOException failure, long wanted) {
        return translated(failure, " at object " + key, wanted);
    }

    private StorageException translated(IOException failure, String where, long wanted) {
        if (failure instanceof ClosedByInterruptException) {
            return Arguments.cancelled(failure);
        }
        Kind kind = kind(failure, wanted);
        return new StorageException(kind, sentence(kind, where, failure), failure);
    }

    private Kind kind(IOException failure, long wanted) {
        String reason = reason(failure);
        if (failure instanceof AccessDeniedException || reason.contains("Read-only file system")) {
            return Kind.DENIED;
        }
        if (reason.contains("No space left") || reason.contains("quota exceeded") || (wanted > 0 && room() < wanted)) {
            return Kind.FULL;
        }
        if (failure instanceof NoSuchFileException) {
            // A folder or a temporary file that vanished under a put can be made again; the vault itself cannot.
            return Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS) ? Kind.UNAVAILABLE : Kind.NO_SUCH_STORE;
        }
        return isPassing(reason) ? Kind.UNAVAILABLE : Kind.OTHER;
    }

    /** Failures of a share that may come back. */
    private static boolean isPassing(String reason) {
        return reason.contains("Stale file handle")
                || reason.contains("timed out")
                || reason.contains("Input/output error")
                || reason.contains("Host is down");
    }

    private long room() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private String sentence(Kind kind, String where, IOException failure) {
        return switch (kind) {
            case FULL -> "There is no room left below " + root + ".";
            case DENIED -> "Access below " + root + " is denied" + where + ": " + reason(failure);
            case NO_SUCH_STORE -> "There is no directory " + root + ".";
            default -> "The file system of " + root + " failed" + where + ": " + reason(failure) + linkAdvice(failure);
        };
    }

    private static String linkAdvice(IOException failure) {
        return failure instanceof FileSystemException e && e.getOtherFile() != null
                ? " (a vault needs a file system with hard links, and no other one mounted inside it)"
                : "";
    }

    private static String reason(IOException failure) {
        String reason = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }
}
