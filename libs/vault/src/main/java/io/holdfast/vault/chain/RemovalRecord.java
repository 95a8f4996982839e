package io.holdfast.vault.chain;

import io.holdfast.vault.ChainHead;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Says what is removed from a chain. The newest one says all of it: what earlier ones said is in it.
 *
 * @param at when it was written, for people
 * @param floor everything with a lower number is removed
 * @param removed what is removed at or above the floor, ascending; before it what is below the floor and was not deleted yet
 */
public record RemovalRecord(String vm, ChainLink link, Instant at, long floor, List<Removed> removed)
        implements ChainRecord {

    public RemovalRecord {
        removed = List.copyOf(removed);
    }

    /**
     * A record that is removed, with what it vouched for.
     *
     * @param point the restore point's id; empty for other records
     * @param previous the record before it
     */
    public record Removed(ChainHead head, Optional<UUID> point, Optional<ChainHead> previous, List<ChainHead> skipped) {
        public Removed {
            skipped = List.copyOf(skipped);
        }

        /** What a record vouches for. */
        public static Removed of(Slot.Linked record) {
            Optional<UUID> point =
                    record instanceof Slot.Point p ? Optional.of(p.manifest().id()) : Optional.empty();
            ChainLink link = record.link();
            return new Removed(link.head(), point, link.previous(), link.skipped());
        }
    }

    /** Whether what stands under this number does not count. */
    public boolean removes(long sequence) {
        return sequence < floor || removed.stream().anyMatch(r -> r.head().sequence() == sequence);
    }

    /** Whether this very record was removed; of what is below the floor only the number is known. */
    public boolean accountsFor(ChainHead known) {
        return known.sequence() < floor
                || removed.stream().anyMatch(r -> r.head().equals(known));
    }

    /** What is listed, by number. */
    public Map<Long, Removed> bySequence() {
        Map<Long, Removed> map = HashMap.newHashMap(removed.size());
        removed.forEach(r -> map.put(r.head().sequence(), r));
        return map;
    }
}
