package io.holdfast.vault.chain;

import io.holdfast.vault.ChainHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a VM's chain ends, for a writer. All writers find the same {@code next}: it is the key that they contest.
 *
 * @param head the newest record that authenticates
 * @param passed what lies above it below {@code next}, ascending: foreign objects with their hash, unreadable ones with
 *     {@link #UNREAD}
 * @param last the highest sequence that a record has or may have: the head's, or that of an object that cannot be read
 * @param next the number of the record to come
 * @param removals number of the newest removal record; 0 = none
 */
public record ChainEnd(Optional<ChainHead> head, List<ChainHead> passed, long last, long next, long removals) {

    /** Stands for the hash of an object that could not be read. */
    public static final String UNREAD = "0".repeat(64);

    /**
     * What cannot be read this far above everything else is no record: somebody put it there, and whoever went on behind it
     * would soon be out of numbers.
     */
    public static final long FARTHEST = 10_000;

    public ChainEnd {
        passed = List.copyOf(passed);
    }

    /** @param above all objects above the head, ascending */
    static ChainEnd of(Optional<Slot.Linked> newest, List<ChainHead> above) {
        long from = newest.map(record -> record.link().sequence()).orElse(0L);
        long last = above.stream()
                .filter(there -> there.hash().equals(UNREAD))
                .mapToLong(ChainHead::sequence)
                .filter(sequence -> sequence - from <= FARTHEST)
                .max()
                .orElse(from);
        return new ChainEnd(
                newest.map(record -> record.link().head()),
                above.stream().filter(there -> there.sequence() <= last).toList(),
                last,
                Math.max(newest.map(Slot.Linked::next).orElse(1L), last + 1),
                newest.map(ChainEnd::removals).orElse(0L));
    }

    /** The newest removal record of the chain that ends with this one. */
    static long removals(Slot.Linked record) {
        return record instanceof Slot.Removal
                ? record.link().sequence()
                : record.link().removals();
    }

    /** The end behind what was found or put under {@link #next}. */
    ChainEnd behind(Slot.Linked record) {
        long sequence = record.link().sequence();
        return new ChainEnd(Optional.of(record.link().head()), List.of(), sequence, record.next(), removals(record));
    }

    /** The end behind a foreign object under {@link #next}. */
    ChainEnd behind(Slot.Foreign foreign) {
        List<ChainHead> more = new ArrayList<>(passed);
        more.add(new ChainHead(next, foreign.hash()));
        return new ChainEnd(head, more, last, next + 1, removals);
    }

    /** How a record under {@link #next} is linked. */
    ChainLink link() {
        return new ChainLink(next, "", head, passed, removals);
    }
}
