package io.holdfast.nbd;

/**
 * An export is not given out: unknown, expired, not for this peer. The peer is told only "unknown export"; the message is
 * for the server's own log and must not hold the name.
 */
public final class NbdRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    public NbdRefusedException(String message) {
        super(message);
    }

    public NbdRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
