package io.holdfast.vault;

import java.util.Arrays;

/** The content of a key file: random bytes, so that trying it costs nothing and guessing it is hopeless. */
public final class KeyFile implements VaultSecret {

    /** Fewer are no key. */
    public static final int LEAST_BYTES = 32;

    /** More are some other file. */
    public static final int MOST_BYTES = 64 << 10;

    private final byte[] content;

    /** A copy of the file's bytes, {@value #LEAST_BYTES} to {@value #MOST_BYTES}; the caller wipes its own. */
    public KeyFile(byte[] bytes) {
        if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a key file has " + LEAST_BYTES + " to " + MOST_BYTES + " bytes, not " + bytes.length);
        }
        content = bytes.clone();
    }

    @Override
    public byte[] bytes() {
        return content.clone();
    }

    @Override
    public void close() {
        Arrays.fill(content, (byte) 0);
    }

    @Override
    public String toString() {
        return "KeyFile";
    }
}
