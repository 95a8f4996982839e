package io.holdfast.nbd;

/**
 * A range of an export and what a meta context says of it.
 *
 * @param offset first byte, at least 0
 * @param length bytes, at least 1
 * @param flags of {@code base:allocation}: {@link #HOLE}, {@link #ZERO} (only {@code ZERO} says that the bytes read as
 *     zeros); of a dirty bitmap: {@link #DIRTY}; other contexts have their own
 */
public record NbdExtent(long offset, long length, int flags) {

    /** {@code base:allocation}: not allocated in the backing storage. Says nothing of the content. */
    public static final int HOLE = 1;

    /** {@code base:allocation}: reads as zeros. */
    public static final int ZERO = 2;

    /** {@code qemu:dirty-bitmap:*}: written since the bitmap began. */
    public static final int DIRTY = 1;

    public NbdExtent {
        if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("not an extent: offset " + offset + ", length " + length);
        }
    }

    /** The first byte after the extent. */
    public long end() {
        return offset + length;
    }

    /** Whether all of these flag bits are set. */
    public boolean has(int bits) {
        return (flags & bits) == bits;
    }
}
