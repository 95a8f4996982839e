package io.holdfast.vault;

/**
 * A range of a disk.
 *
 * @param offset first byte, at least 0
 * @param length bytes, at least 1
 */
public record Range(long offset, long length) {
    public Range {
        if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("not a range: " + offset + "+" + length);
        }
    }

    /** The first byte after the range. */
    public long end() {
        return offset + length;
    }
}
