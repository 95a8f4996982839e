package io.holdfast.nbd;

import org.jspecify.annotations.Nullable;

/** A failure of an NBD connection or request. The message is for people; it names no export and no key. */
public final class NbdException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What failed. {@link #retryable()} says whether a new connection may succeed. */
    public enum Kind {
        /** The peer broke the protocol. The connection is closed. */
        PROTOCOL(false),
        /** The peer does not give what was asked for: unknown export, policy, missing feature. */
        REFUSED(false),
        /** The peer did not answer in time. The connection is closed. */
        TIMEOUT(true),
        /** The connection could not be made, or broke. */
        IO(true),
        /** TLS is missing or its handshake failed: wrong authority, wrong name, expired. */
        TLS(false),
        /** The client was closed, or the calling thread interrupted, which closes the connection too. */
        CLOSED(false),
        /** The server answered this one request with an error number. The connection goes on. */
        REMOTE(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }
    }

    private final Kind kind;
    private final int errno;

    private NbdException(Kind kind, int errno, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.errno = errno;
    }

    public NbdException(Kind kind, String message) {
        this(kind, 0, message, null);
    }

    public NbdException(Kind kind, String message, Throwable cause) {
        this(kind, 0, message, cause);
    }

    /** A {@link Kind#REMOTE} failure with the protocol's error number. */
    public static NbdException remote(int errno, String message) {
        return new NbdException(Kind.REMOTE, errno, message, null);
    }

    /** A {@link Kind#PROTOCOL} failure. */
    public static NbdException protocol(String message) {
        return new NbdException(Kind.PROTOCOL, message);
    }

    public Kind kind() {
        return kind;
    }

    /** The protocol's error number (as on Linux: 5 EIO, 22 EINVAL...) of a {@link Kind#REMOTE} failure, else 0. */
    public int errno() {
        return errno;
    }

    /** Whether the same request on a new connection may succeed. */
    public boolean retryable() {
        return kind.retryable;
    }
}
