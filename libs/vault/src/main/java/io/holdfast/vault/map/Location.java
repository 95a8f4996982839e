package io.holdfast.vault.map;

/** Where a block or a node is, in one number: pack number, frame, position. 0 is nothing. */
public final class Location {

    /** Nothing: a zero block, or a subtree of zero blocks. */
    public static final long NONE = 0;

    private Location() {}

    public static long of(long packNumber, int frame, int position) {
        return packNumber << 26 | (long) frame << 10 | position;
    }

    public static long pack(long location) {
        return location >>> 26;
    }

    public static int frame(long location) {
        return (int) (location >>> 10) & 0xffff;
    }

    public static int position(long location) {
        return (int) location & 0x3ff;
    }
}
