package io.holdfast.vault.format;

/** Bytes that are not what the format says. Callers turn it into a VaultException that names the object. */
public final class FormatException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public FormatException(String message) {
        super(message);
    }
}
