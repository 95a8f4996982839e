package io.holdfast.vault.crypto;

import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.FormatException;

/** AES-256-GCM with a tag of 16 bytes, for keys that are used once. */
public final class Aead {

    private Aead() {}

    /** The nonce of a counter: four zero bytes and the number. */
    public static byte[] nonce(long counter) {
        return new ByteWriter(12).u32(0).u64(counter).toByteArray();
    }

    public static byte[] seal(byte[] key, byte[] nonce, byte[] aad, byte[] plain) {
        return new AeadKey(key).seal(nonce, aad, plain);
    }

    /** Opens, or throws {@link FormatException} when it does not authenticate. */
    public static byte[] open(byte[] key, byte[] nonce, byte[] aad, byte[] sealed, int offset, int length) {
        return new AeadKey(key).open(nonce, aad, sealed, offset, length);
    }
}
