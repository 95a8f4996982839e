package io.holdfast.nbd.client;

import io.holdfast.nbd.wire.Protocol;
import java.util.Map;

/**
 * What a handshake agreed on, validated.
 *
 * @param size of the export, bytes
 * @param flags transmission flags
 * @param minBlock alignment that requests must keep, a power of two from 1 to 64 KiB
 * @param maxRequest largest read, bytes, a multiple of {@code minBlock}
 * @param structured whether replies may be structured
 * @param contexts selected meta contexts and the server's ids of them
 */
public record Agreed(
        long size, int flags, int minBlock, int maxRequest, boolean structured, Map<String, Integer> contexts) {

    public Agreed {
        contexts = Map.copyOf(contexts);
    }

    public boolean readOnly() {
        return (flags & Protocol.Flag.READ_ONLY) != 0;
    }

    boolean canFlush() {
        return (flags & Protocol.Flag.SEND_FLUSH) != 0;
    }

    boolean canWriteZeroes() {
        return (flags & Protocol.Flag.SEND_WRITE_ZEROES) != 0;
    }

    boolean aligned(long offset, long length) {
        return (offset & (minBlock - 1)) == 0 && (length & (minBlock - 1)) == 0;
    }
}
