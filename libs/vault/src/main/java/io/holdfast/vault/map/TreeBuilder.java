package io.holdfast.vault.map;

import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.pack.PackStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a block map in disk order, keeping one node of each level. What is between the leaves that are put is taken from
 * the base's map, by whole subtrees where possible, or is zeros. Confined to one thread.
 */
public final class TreeBuilder {

    private static final int MASK = VaultFormat.FAN_OUT - 1;

    private final MapShape shape;
    private final @Nullable MapReader base;
    private final boolean inherit;
    private final PackTable table;
    private final PackStream out;
    private final long[][] slots;
    private final long[] next;
    private long root = Location.NONE;
    private boolean rootDone;

    /**
     * @param base the map to share nodes with
     * @param inherit whether what is not put is taken from the base; the base must have the same shape then, and
     *     {@code table} its counts
     */
    public TreeBuilder(MapShape shape, @Nullable MapReader base, boolean inherit, PackTable table, PackStream out) {
        this.shape = shape;
        this.base = base;
        this.inherit = inherit && base != null;
        this.table = table;
        this.out = out;
        slots = new long[shape.height() + 1][VaultFormat.FAN_OUT];
        next = new long[shape.height() + 1];
    }

    /** The next leaf to be put: all before it are in the map. */
    public long position() {
        return next[1];
    }

    /** The state to go on from: per level from 1 the children so far of the node being built. */
    public List<long[]> slots() {
        List<long[]> copy = new ArrayList<>();
        for (int level = 1; level <= shape.height(); level++) {
            long[] kept = new long[VaultFormat.FAN_OUT];
            System.arraycopy(slots[level], 0, kept, 0, (int) next[level] & MASK);
            copy.add(kept);
        }
        return copy;
    }

    /** Goes on from a state. */
    public void resume(long position, List<long[]> state) {
        if (state.size() != shape.height() || position > shape.leaves()) {
            throw new IllegalArgumentException("the state of another map");
        }
        for (int level = 1; level <= shape.height(); level++) {
            next[level] = position >> ((level - 1) * VaultFormat.FAN_BITS);
            System.arraycopy(state.get(level - 1), 0, slots[level], 0, VaultFormat.FAN_OUT);
        }
    }

    /** Puts a new leaf, or a leaf of zeros when {@code leaf} is null. */
    public void put(long index, MapNode.@Nullable Leaf leaf) throws InterruptedException {
        fill(1, index);
        long was = inherit && base != null ? base.location(0, index) : Location.NONE;
        table.countNode(was, -1);
        long location = leaf == null ? Location.NONE : write(leaf, 0, index);
        if (leaf != null) {
            count(leaf.locations(), 1);
        }
        assign(1, location);
    }

    /** Puts the base's own leaf, unchanged; only when nothing is inherited. */
    public void share(long index, MapNode.Leaf leaf, long location) throws InterruptedException {
        fill(1, index);
        table.countNode(location, 1);
        count(leaf.locations(), 1);
        assign(1, location);
    }

    /** Counts blocks that a leaf pointed to and no longer does. */
    public void drop(MapNode.Leaf leaf) {
        count(leaf.locations(), -1);
    }

    /** The location of the root of the finished map. */
    public long finish() throws InterruptedException {
        fill(1, shape.leaves());
        for (int level = 1; level <= shape.height(); level++) {
            boolean open = level == shape.height() ? !rootDone : (next[level] & MASK) != 0;
            if (open) {
                close(level, next[level] >> VaultFormat.FAN_BITS);
            }
        }
        return root;
    }

    private void fill(int level, long to) throws InterruptedException {
        while (next[level] < to) {
            long from = next[level];
            long node = from >> VaultFormat.FAN_BITS;
            long lastNode = to >> VaultFormat.FAN_BITS;
            if ((from & MASK) == 0 && level < shape.height() && lastNode > node) {
                fill(level + 1, lastNode);
                next[level] = lastNode << VaultFormat.FAN_BITS;
            } else {
                assign(level, inherit && base != null ? base.location(level - 1, from) : Location.NONE);
            }
        }
    }

    private void assign(int level, long location) throws InterruptedException {
        slots[level][(int) next[level] & MASK] = location;
        next[level]++;
        if ((next[level] & MASK) == 0) {
            close(level, (next[level] >> VaultFormat.FAN_BITS) - 1);
        }
    }

    private void close(int level, long index) throws InterruptedException {
        long[] children = slots[level].clone();
        Arrays.fill(slots[level], Location.NONE);
        long location = settle(level, index, children);
        if (level == shape.height()) {
            root = location;
            rootDone = true;
        } else {
            assign(level + 1, location);
        }
    }

    private long settle(int level, long index, long[] children) throws InterruptedException {
        MapNode.Inner before = base == null ? null : base.inner(level, index);
        long was = before == null || base == null ? Location.NONE : base.location(level, index);
        if (before != null && Arrays.equals(before.children(), children)) {
            table.countNode(was, inherit ? 0 : 1);
            return was;
        }
        if (inherit) {
            table.countNode(was, -1);
        }
        boolean zeros = Arrays.stream(children).allMatch(child -> child == Location.NONE);
        return zeros ? Location.NONE : write(new MapNode.Inner(children), level, index);
    }

    private long write(MapNode node, int level, long index) throws InterruptedException {
        long location = table.location(out.node(node.encode(level, index)));
        table.countNode(location, 1);
        return location;
    }

    private void count(long[] locations, int by) {
        for (long location : locations) {
            table.countBlock(location, by);
        }
    }
}
