package io.holdfast.catalog.domain;

import java.security.SecureRandom;

/** A passphrase made for people to write down: 160 random bits in base32 (RFC 4648), in groups of four. */
public final class RecoveryKey {

    private static final char[] ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".toCharArray();
    private static final int CHARACTERS = 32;
    private static final int GROUP = 4;

    /** A new key, {@code ABCD-EFGH-...}, 39 characters. */
    public static String generate(SecureRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < CHARACTERS; i++) {
            if (i > 0 && i % GROUP == 0) {
                text.append('-');
            }
            text.append(ALPHABET[random.nextInt(ALPHABET.length)]);
        }
        return text.toString();
    }

    private RecoveryKey() {}
}
