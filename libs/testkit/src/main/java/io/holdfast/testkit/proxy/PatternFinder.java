package io.holdfast.testkit.proxy;

import java.util.Arrays;

/** Counts occurrences of a byte pattern in a stream, also where they cross the borders of its chunks. One thread. */
final class PatternFinder {

    private final byte[] pattern;
    private byte[] tail = new byte[0];

    PatternFinder(byte[] pattern) {
        this.pattern = pattern;
    }

    /** How many occurrences end within this chunk. */
    int feed(byte[] chunk, int length) {
        byte[] text = Arrays.copyOf(tail, tail.length + length);
        System.arraycopy(chunk, 0, text, tail.length, length);
        int found = 0;
        int next = 0;
        for (int at = 0; at + pattern.length <= text.length; at++) {
            if (matches(text, at)) {
                found++;
                at += pattern.length - 1;
                next = at + 1;
            }
        }
        int keep = Math.min(pattern.length - 1, text.length - next);
        tail = Arrays.copyOfRange(text, text.length - keep, text.length);
        return found;
    }

    private boolean matches(byte[] text, int at) {
        return Arrays.equals(text, at, at + pattern.length, pattern, 0, pattern.length);
    }
}
