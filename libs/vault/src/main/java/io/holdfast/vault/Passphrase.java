package io.holdfast.vault;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;

/** A passphrase; wiped by {@link #close()}, never printed. */
public final class Passphrase implements VaultSecret {

    private final byte[] utf8;

    /** A copy of these characters, 1 to 4096; the caller wipes its own. */
    public Passphrase(char[] characters) {
        if (characters.length == 0 || characters.length > 4096) {
            throw new IllegalArgumentException("a passphrase has 1 to 4096 characters");
        }
        String normal = Normalizer.normalize(CharBuffer.wrap(characters), Normalizer.Form.NFC);
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(normal);
        utf8 = new byte[encoded.remaining()];
        encoded.get(utf8);
    }

    /** A passphrase of these characters. */
    public static Passphrase of(String characters) {
        return new Passphrase(characters.toCharArray());
    }

    /** Its NFC-normalised UTF-8 bytes. */
    @Override
    public byte[] bytes() {
        return utf8.clone();
    }

    @Override
    public void close() {
        Arrays.fill(utf8, (byte) 0);
    }

    @Override
    public String toString() {
        return "Passphrase";
    }
}
