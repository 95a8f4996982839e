package io.holdfast.vault.chain;

import io.holdfast.vault.ChainHead;
import io.holdfast.vault.ChainReport;
import io.holdfast.vault.ChainReport.Finding;
import io.holdfast.vault.ChainReport.Trouble;
import io.holdfast.vault.PointManifest;
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
    private final TreeMap<Long, ChainHead> points = new TreeMap<>();
    private final Map<Long, ChainHead> previous = new HashMap<>();
    private final TreeMap<Long, String> foreign = new TreeMap<>();
    private final TreeSet<Long> unreadable = new TreeSet<>();
    private final Map<Long, String> skipped = new HashMap<>();

    /** @param objectAt the key of a sequence, for the report */
    public ChainCheck(String vm, LongFunction<String> objectAt) {
        this.vm = vm;
        this.objectAt = objectAt;
    }

    /** Notes what is at a sequence; call for each in turn. */
    public void saw(long sequence, PointLog.Slot slot) {
        switch (slot) {
            case PointLog.Slot.Point point -> {
                PointManifest manifest = point.manifest();
                points.put(sequence, manifest.head());
                manifest.previous().ifPresent(link -> previous.put(sequence, link));
                manifest.skipped().forEach(skip -> skipped.put(skip.sequence(), skip.hash()));
            }
            case PointLog.Slot.Foreign there -> foreign.put(sequence, there.hash());
            case PointLog.Slot.Unreadable there -> unreadable.add(sequence);
            case PointLog.Slot.Absent absent -> {}
        }
    }

    public ChainReport report(Optional<ChainHead> known) {
        List<Finding> findings = new ArrayList<>();
        long newest = points.isEmpty() ? 0 : points.lastKey();
        long next = 1;
        for (long sequence : points.keySet()) {
            // Missing numbers are named one by one, but a hostile number does not make a list of 2^62.
            for (long gap = next; gap < sequence && findings.size() < 1000; gap++) {
                between(gap, findings);
            }
            link(sequence, findings);
            next = sequence + 1;
        }
        foreign.tailMap(newest + 1).keySet().forEach(sequence -> findings.add(finding(Trouble.FOREIGN, sequence)));
        unreadable.tailSet(newest + 1).forEach(sequence -> findings.add(finding(Trouble.UNREADABLE, sequence)));
        known.ifPresent(head -> compare(head, findings));
        Optional<ChainHead> head = points.isEmpty()
                ? Optional.empty()
                : Optional.of(points.lastEntry().getValue());
        return new ChainReport(vm, points.size(), head, known.isPresent(), findings);
    }

    private void between(long sequence, List<Finding> findings) {
        String there = foreign.get(sequence);
        if (unreadable.contains(sequence)) {
            findings.add(finding(Trouble.UNREADABLE, sequence));
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
        if (link != null) {
            ChainHead there = points.get(link.sequence());
            if (there != null && !there.hash().equals(link.hash())) {
                findings.add(finding(Trouble.REPLACED, link.sequence()));
            }
        }
        Long before = points.lowerKey(sequence);
        long linked = link == null ? 0 : link.sequence();
        if (before != null && before > linked && !wasUnreadable(before)) {
            findings.add(finding(Trouble.REPLACED, before));
        }
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
        ChainHead there = points.get(known.sequence());
        if (there == null || !there.hash().equals(known.hash())) {
            findings.add(finding(Trouble.ROLLED_BACK, known.sequence()));
        }
    }

    private Finding finding(Trouble trouble, long sequence) {
        return new Finding(trouble, sequence, objectAt.apply(sequence));
    }
}
