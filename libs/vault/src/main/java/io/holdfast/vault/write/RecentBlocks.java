package io.holdfast.vault.write;

import org.jspecify.annotations.Nullable;

/**
 * Blocks that this session stored not long ago: 131,072 slots, each taken by the last block that falls into it (3.5 MB for
 * at most 512 MiB of blocks). Confined to one thread.
 */
final class RecentBlocks {

    private static final int SLOTS = 1 << 17;

    private final long[] high = new long[SLOTS];
    private final long[] low = new long[SLOTS];
    private final @Nullable PendingFrame[] frames = new PendingFrame[SLOTS];
    private final byte[] positions = new byte[SLOTS];

    /** The slot that holds this identity, or -1. */
    int find(long h, long l) {
        int slot = (int) l & SLOTS - 1;
        return frames[slot] != null && high[slot] == h && low[slot] == l ? slot : -1;
    }

    @Nullable
    PendingFrame frame(int slot) {
        return frames[slot];
    }

    int position(int slot) {
        return positions[slot];
    }

    void put(long h, long l, PendingFrame frame, int position) {
        int slot = (int) l & SLOTS - 1;
        high[slot] = h;
        low[slot] = l;
        frames[slot] = frame;
        positions[slot] = (byte) position;
    }
}
