package io.holdfast.storage;

import io.holdfast.storage.StorageException.Kind;
import org.jspecify.annotations.Nullable;

/** The checks that every store makes before it does anything, so that all of them answer alike. */
public final class Arguments {
    private Arguments() {}

    /** Refuses a body that a store does not have to take, with {@link Kind#TOO_LARGE}. */
    public static void checkBody(ObjectKey key, byte[] body) {
        if (body.length > ObjectStore.MAX_OBJECT_BYTES) {
            throw new StorageException(
                    Kind.TOO_LARGE,
                    "Object " + key + " has " + body.length + " bytes; a store takes at most "
                            + ObjectStore.MAX_OBJECT_BYTES + ".");
        }
    }

    /** Refuses a negative limit: a mistake of the caller. */
    public static void checkMaxBytes(int maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("negative limit: " + maxBytes);
        }
    }

    /** Refuses an object longer than the caller allows. */
    public static void checkSize(ObjectKey key, long size, int maxBytes) {
        if (size > maxBytes) {
            throw new StorageException(
                    Kind.TOO_LARGE, "Object " + key + " has " + size + " bytes; at most " + maxBytes + " are allowed.");
        }
    }

    /** Refuses a negative offset or length: a mistake of the caller. */
    public static void checkRange(long offset, int length) {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("not a range: offset " + offset + ", length " + length);
        }
    }

    /** Refuses a range that is not wholly inside an object of {@code size} bytes. */
    public static void checkInside(ObjectKey key, long offset, int length, long size) {
        if (offset > size || length > size - offset) {
            throw new StorageException(
                    Kind.RANGE,
                    "Object " + key + " has " + size + " bytes; the range " + offset + "+" + length
                            + " is not inside it.");
        }
    }

    /** Ends the call when the thread is interrupted; the flag stays set. */
    public static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw cancelled(null);
        }
    }

    /** What an interrupted call ends with. */
    public static StorageException cancelled(@Nullable Throwable cause) {
        return new StorageException(Kind.CANCELLED, "The call was interrupted.", cause);
    }

    /** What a read of an absent object ends with. */
    public static StorageException notFound(ObjectKey key) {
        return new StorageException(Kind.NOT_FOUND, "There is no object " + key + ".");
    }
}
