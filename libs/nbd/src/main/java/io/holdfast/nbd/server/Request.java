package io.holdfast.nbd.server;

/**
 * A request as it came over the wire.
 *
 * @param flags 16 bits
 * @param type 16 bits
 * @param cookie the client's name for it
 * @param offset as 64 bits without sign: negative means beyond everything
 * @param length 0 to 2^32 - 1
 */
record Request(int flags, int type, long cookie, long offset, long length) {

    boolean inside(long size) {
        return offset >= 0 && length > 0 && length <= size && offset <= size - length;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean hasOnly(int allowed) {
        return (flags & ~allowed) == 0;
    }
}
