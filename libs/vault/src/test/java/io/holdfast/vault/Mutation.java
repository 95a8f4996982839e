package io.holdfast.vault;

import java.util.Arrays;
import java.util.Random;

/** Changes bytes as decay, mistakes and malice do. */
final class Mutation {

    private Mutation() {}

    static byte[] of(byte[] original, byte[] other, Random random) {
        byte[] bytes = original.clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            bytes = once(bytes, other, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, byte[] other, Random random) {
        if (bytes.length == 0) {
            return other.clone();
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 3 -> {
                return Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(40));
            }
            // A huge number, wherever a length or a count may be.
            case 4 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(10)), (byte) 0xff);
            case 5 -> {
                int from = random.nextInt(other.length + 1);
                int length = Math.min(other.length - from, bytes.length - at);
                System.arraycopy(other, from, bytes, at, length);
            }
            default -> {
                int length = random.nextInt(bytes.length - at + 1);
                byte[] cut = new byte[bytes.length - length];
                System.arraycopy(bytes, 0, cut, 0, at);
                System.arraycopy(bytes, at + length, cut, at, bytes.length - at - length);
                return cut;
            }
        }
        return bytes;
    }
}
