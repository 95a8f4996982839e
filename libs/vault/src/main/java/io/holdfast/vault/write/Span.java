package io.holdfast.vault.write;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * At most 64 blocks as read, or any number of zero blocks.
 *
 * @param data the blocks; null for zeros
 * @param read bytes read from the source for this and all spans before it
 */
@SuppressWarnings("ArrayRecordComponent")
record Span(
        long block,
        long count,
        byte @Nullable [] data,
        @Nullable Future<Identities> identities,
        long read) {

    /** Ends a disk. */
    static Span end(long read) {
        return new Span(-1, 0, null, null, read);
    }

    boolean isEnd() {
        return block < 0;
    }

    /**
     * Identities of a span's blocks.
     *
     * @param zeros bit <i>i</i> = block <i>i</i> is zeros and has no identity
     * @param halves two longs for each block
     */
    record Identities(long zeros, long[] halves) {}
}
