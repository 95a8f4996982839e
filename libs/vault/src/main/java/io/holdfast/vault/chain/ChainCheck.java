package io.holdfast.vault.chain;

import io.holdfast.vault.ChainHead;
import io.holdfast.vault.ChainReport;
import io.holdfast.vault.ChainReport.Finding;
import io.holdfast.vault.ChainReport.Trouble;
import io.holdfast.vault.chain.RemovalRecord.Removed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;

/** Decides from what is at each sequence whether a chain is whole. Pure. */
public final class ChainCheck {

    private final String vm;
    private final LongFunction<String> objectAt;
    private final TreeMap<Long, ChainHead> records = new TreeMap<>();
    private final Map<Long, ChainHead> previous = new HashMap<>();
    private final TreeMap<Long, String> foreign = new TreeMap<>();
    private final TreeSet<Long> unreadable = new TreeSet<>();
    private final Map<Long, String> skipped = new HashMap<>();
    private final TreeSet<Long> restorePoints = new TreeSet<>();
    private final TreeSet<Long> gaps = new TreeSet<>();
    private final Map<Long, Removed> removed = new HashMap<>();
    private long floor;

    /** @param objectAt the key of a sequence, for the report */
    public ChainCheck(String vm, LongFunction<String> objectAt) {
        this.vm = vm;
        this.objectAt = objectAt;
    }

    /** Notes what is at a sequence; call for each in turn. */
    public void saw(long sequence, Slot slot) {
        switch (slot) {
            case Slot.Point point -> sawPoint(point.link());
            case Slot.Removal removal -> {
                linked(removal.link());
                removal(removal.record());
            }
            case Slot.Fence fence -> linked(fence.link());
            case Slot.Gap gap -> {
                linked(gap.link());
                gaps.add(sequence);
            }
            case Slot.Foreign there -> foreign.put(sequence, there.hash());
            case Slot.Unreadable there -> unreadable.add(sequence);
            case Slot.Absent absent -> {}
        }
    }

    /** Notes a restore point of which no more is known than where it hangs. */
    public void sawPoint(ChainLink link) {
        linked(link);
        restorePoints.add(link.sequence());
    }

    private void linked(ChainLink link) {
        records.put(link.sequence(), link.head());
        link.previous().ifPresent(before -> previous.put(link.sequence(), before));
        link.skipped().forEach(skip -> skipped.put(skip.sequence(), skip.hash()));
    }

    /** What was removed goes on vouching for what it was linked to. */
    private void removal(RemovalRecord removal) {
        floor = Math.max(floor, removal.floor());
        for (Removed one : removal.removed()) {
            long sequence = one.head().sequence();
            removed.put(sequence, one);
            one.previous().ifPresent(before -> previous.put(sequence, before));
            one.skipped().forEach(skip -> skipped.put(skip.sequence(), skip.hash()));
        }
    }

    public ChainReport report(Optional<ChainHead> known) {
        List<Finding> findings = new ArrayList<>();
        long newest = records.isEmpty() ? 0 : records.lastKey();
        long next = Math.max(1, floor);
        for (long sequence : records.keySet()) {
            // Missing numbers are named one by one, but a hostile number does not make a list of 2^62.
            for (long gap = next; gap < sequence && findings.size() < 1000; gap++) {
                between(gap, findings);
            }
            link(sequence, findings);
            next = Math.max(next, sequence + 1);
        }
        // It stands where a record was that the vault lost.
        gaps.tailSet(floor).forEach(sequence -> findings.add(finding(Trouble.REMOVED, sequence)));
        removed.keySet().stream()
                .filter(sequence -> !records.containsKey(sequence))
                .forEach(sequence -> vouched(sequence, findings));
        foreign.tailMap(newest + 1).keySet().forEach(sequence -> findings.add(finding(Trouble.FOREIGN, sequence)));
        unreadable.tailSet(newest + 1).forEach(sequence -> findings.add(finding(Trouble.UNREADABLE, sequence)));
        known.ifPresent(head -> compare(head, findings));
        Optional<ChainHead> head = records.isEmpty()
                ? Optional.empty()
                : Optional.of(records.lastEntry().getValue());
        int standing = (int)
                restorePoints.stream().filter(sequence -> !isRemoved(sequence)).count();
        return new ChainReport(vm, standing, head, known.isPresent(), findings);
    }

    private void between(long sequence, List<Finding> findings) {
        String there = foreign.get(sequence);
        if (unreadable.contains(sequence)) {
            findings.add(finding(Trouble.UNREADABLE, sequence));
        } else if (removed.containsKey(sequence) && there == null) {
            return;
        } else if (there == null) {
            boolean wasForeign = skipped.containsKey(sequence) && !wasUnreadable(sequence);
            if (!wasForeign) {
                findings.add(finding(Trouble.REMOVED, sequence));
            }
        } else {
            boolean recorded = there.equals(skipped.get(sequence));
            findings.add(finding(recorded ? Trouble.FOREIGN_SKIPPED : Trouble.FOREIGN, sequence));
        }
    }

    private void link(long sequence, List<Finding> findings) {
        ChainHead link = previous.get(sequence);
        vouched(sequence, findings);
        Long before = records.lowerKey(sequence);
        long linked = link == null ? 0 : link.sequence();
        if (before != null && before > linked && !wasUnreadable(before) && !isRemoved(before) && !isRemoved(sequence)) {
            findings.add(finding(Trouble.REPLACED, before));
        }
    }

    /** Whether what a record was linked to is what is there. */
    private void vouched(long sequence, List<Finding> findings) {
        ChainHead link = previous.get(sequence);
        if (link == null || link.sequence() < floor) {
            return;
        }
        Removed gone = removed.get(link.sequence());
        ChainHead there = gone == null ? records.get(link.sequence()) : gone.head();
        if (there != null && !there.hash().equals(link.hash())) {
            findings.add(finding(Trouble.REPLACED, link.sequence()));
        }
    }

    private boolean isRemoved(long sequence) {
        return sequence < floor || removed.containsKey(sequence);
    }

    /** Whether a later manifest was linked past this one because it could not be read then. */
    private boolean wasUnreadable(long sequence) {
        return ChainEnd.UNREAD.equals(skipped.get(sequence));
    }

    private void compare(ChainHead known, List<Finding> findings) {
        if (unreadable.contains(known.sequence())) {
            // It is named as that; whether it is the one that is known cannot be told.
            return;
        }
        if (known.sequence() < floor) {
            // It was removed, and all before it; the newest record says so.
            return;
        }
        Removed gone = removed.get(known.sequence());
        ChainHead there = gone == null ? records.get(known.sequence()) : gone.head();
        if (there == null || !there.hash().equals(known.hash())) {
            findings.add(finding(Trouble.ROLLED_BACK, known.sequence()));
        }
    }

    private Finding finding(Trouble trouble, long sequence) {
        return new Finding(trouble, sequence, objectAt.apply(sequence));
    }
}
