package io.holdfast.restore.domain;

import io.holdfast.vault.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of a disk were seen, as merged ranges. Their number is bounded: what does not fit is forgotten, so a range that
 * is told as covered is, and one that is not may be. Not thread-safe.
 */
public final class CoveredRanges {

    private final int most;
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** {@code most} ranges are remembered. */
    public CoveredRanges(int most) {
        this.most = most;
    }

    /** Adds a range; {@code length} is at least 1. */
    public void add(long offset, long length) {
        long from = offset;
        long to = offset + length;
        for (Map.Entry<Long, Long> touching = ends.floorEntry(to);
                touching != null && touching.getValue() >= from;
                touching = ends.floorEntry(to)) {
            from = Math.min(from, touching.getKey());
            to = Math.max(to, touching.getValue());
            ends.remove(touching.getKey());
        }
        if (ends.size() < most) {
            ends.put(from, to);
        }
    }

    /** The parts of the range that are not covered, in order. */
    public List<Range> missing(long offset, long length) {
        List<Range> missing = new ArrayList<>();
        long end = offset + length;
        Map.Entry<Long, Long> before = ends.floorEntry(offset);
        long at = before == null ? offset : Math.max(offset, before.getValue());
        for (Map.Entry<Long, Long> next = ends.higherEntry(offset);
                next != null && next.getKey() < end;
                next = ends.higherEntry(next.getKey())) {
            if (next.getKey() > at) {
                missing.add(new Range(at, next.getKey() - at));
            }
            at = next.getValue();
        }
        if (at < end) {
            missing.add(new Range(at, end - at));
        }
        return missing;
    }
}
