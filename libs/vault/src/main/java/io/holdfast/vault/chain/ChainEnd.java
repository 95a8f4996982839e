package io.holdfast.vault.chain;

import io.holdfast.vault.ChainHead;
import java.util.List;
import java.util.Optional;

/**
 * Where a VM's chain ends, for a writer.
 *
 * @param head the newest manifest that authenticates
 * @param passed what lies above it up to {@code last}, ascending: foreign objects with their hash, unreadable ones with
 *     {@link #UNREAD}
 * @param last the highest sequence that a point has or may have: the head's, or that of an object that cannot be read
 */
public record ChainEnd(Optional<ChainHead> head, List<ChainHead> passed, long last) {

    /** Stands for the hash of an object that could not be read. */
    public static final String UNREAD = "0".repeat(64);

    /**
     * What cannot be read this far above everything else is no point: somebody put it there, and whoever went on behind it
     * would soon be out of numbers.
     */
    static final long FARTHEST = 10_000;

    public ChainEnd {
        passed = List.copyOf(passed);
    }

    /** @param above all objects above the head, ascending */
    static ChainEnd of(Optional<ChainHead> head, List<ChainHead> above) {
        long from = head.map(ChainHead::sequence).orElse(0L);
        long last = above.stream()
                .filter(there -> there.hash().equals(UNREAD))
                .mapToLong(ChainHead::sequence)
                .filter(sequence -> sequence - from <= FARTHEST)
                .max()
                .orElse(from);
        return new ChainEnd(
                head, above.stream().filter(there -> there.sequence() <= last).toList(), last);
    }
}
