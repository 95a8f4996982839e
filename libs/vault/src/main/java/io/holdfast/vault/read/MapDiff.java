package io.holdfast.vault.read;

import io.holdfast.vault.Range;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.Location;
import io.holdfast.vault.map.MapNode;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.map.MapShape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Where two maps of a disk may differ: all but the nodes that are the same object at the same place. Ranges ascend and do not touch; what
 * is the same by content but was stored twice is among them. Used by one thread.
 */
public final class MapDiff implements Iterator<Range> {

    private static final long LEAF_BYTES = (long) VaultFormat.LEAF_BLOCKS * VaultFormat.BLOCK;

    private final MapReader one;
    private final MapReader other;
    private final long size;
    private final Deque<Node> left = new ArrayDeque<>();
    private @Nullable Range ahead;
    private @Nullable Range next;

    private record Node(int level, long index) {}

    /** Of two maps of disks of this size. */
    public MapDiff(MapReader one, MapReader other, long size) {
        this.one = one;
        this.other = other;
        this.size = size;
        left.push(new Node(MapShape.of(size).height(), 0));
        ahead = step();
        next = merged();
    }

    /** Whether this node is the same object in both: then everything below it is. */
    static boolean isShared(MapReader one, long location, MapReader other, long there) {
        return location != Location.NONE
                && there != Location.NONE
                && Location.frame(there) == Location.frame(location)
                && Location.position(there) == Location.position(location)
                && other.pack(there).id().equals(one.pack(location).id());
    }

    /** The bytes of a disk that a node covers. */
    static Range range(int level, long index, long size) {
        long bytes = LEAF_BYTES << (level * VaultFormat.FAN_BITS);
        long start = index * bytes;
        return new Range(start, Math.min(size, start + bytes) - start);
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public Range next() {
        Range current = next;
        if (current == null) {
            throw new NoSuchElementException();
        }
        next = merged();
        return current;
    }

    private @Nullable Range merged() {
        Range range = ahead;
        if (range == null) {
            return null;
        }
        for (ahead = step(); ahead != null && ahead.offset() == range.end(); ahead = step()) {
            range = new Range(range.offset(), range.length() + ahead.length());
        }
        return range;
    }

    private @Nullable Range step() {
        while (!left.isEmpty()) {
            Node node = left.pop();
            long here = one.location(node.level, node.index);
            long there = other.location(node.level, node.index);
            if ((here == Location.NONE && there == Location.NONE) || isShared(one, here, other, there)) {
                continue;
            }
            if (node.level == 0 || here == Location.NONE || there == Location.NONE) {
                return range(node.level, node.index, size);
            }
            children(node);
        }
        return null;
    }

    private void children(Node node) {
        MapNode.Inner here = one.inner(node.level, node.index);
        MapNode.Inner there = other.inner(node.level, node.index);
        for (int i = VaultFormat.FAN_OUT - 1; i >= 0; i--) {
            boolean any = (here != null && here.children()[i] != Location.NONE)
                    || (there != null && there.children()[i] != Location.NONE);
            if (any) {
                left.push(new Node(node.level - 1, (node.index << VaultFormat.FAN_BITS) + i));
            }
        }
    }
}
