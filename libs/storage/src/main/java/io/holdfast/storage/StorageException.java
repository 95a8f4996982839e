package io.holdfast.storage;

import org.jspecify.annotations.Nullable;

/** A failure of an object store. The message is for people and names no credential. */
public final class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Why it failed; {@link #retryable()} says whether the same call may succeed later. */
    public enum Kind {
        /** The object is not there. */
        NOT_FOUND(false),
        /** The bucket or the directory is not there. */
        NO_SUCH_STORE(false),
        /** The store refuses these credentials, or they lack a right. */
        DENIED(false),
        /** The requested range is not wholly inside the object. */
        RANGE(false),
        /** The object is longer than the caller allows. */
        TOO_LARGE(false),
        /** No room left. Trying again for ever does not help: somebody has to make room. */
        FULL(false),
        /** The reply is not the object: short body, wrong checksum. */
        CORRUPT_REPLY(true),
        /** Timeout, reset, 500, 503: the outcome of a put is unknown. */
        UNAVAILABLE(true),
        /** The store answered that a put's body did not arrive whole, and threw away what did. */
        NOT_TAKEN(true),
        /** The calling thread was interrupted. */
        CANCELLED(false),
        /** Anything else; see the message. */
        OTHER(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether the same call may succeed later. */
        public boolean retryable() {
            return retryable;
        }

        /** Whether a put that failed so may have stored the object, or may still do so. */
        public boolean leavesDoubt() {
            return this == UNAVAILABLE || this == CORRUPT_REPLY || this == CANCELLED;
        }
    }

    private final Kind kind;

    public StorageException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public StorageException(Kind kind, String message) {
        this(kind, message, null);
    }

    /** Why it failed. */
    public Kind kind() {
        return kind;
    }
}
