package io.holdfast.vault.write;

import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.Location;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.map.PackTable;
import io.holdfast.vault.map.TreeBuilder;
import io.holdfast.vault.pack.PackStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns spans into frames and leaves, in disk order. A leaf waits until the frame that holds its last new block has been
 * packed, because only then its location is known. Confined to one thread.
 */
final class MapWriter {

    /** Leaves that wait for an open frame, at most; each has about 1.5 KB. */
    private static final int MOST_WAITING = 512;

    private static final int LEAF = VaultFormat.LEAF_BLOCKS;

    private final @Nullable MapReader base;
    private final boolean inherit;
    private final TreeBuilder tree;
    private final PackTable table;
    private final PackStream packs;
    private final CpuPool cpu;
    private final RecentBlocks recent;
    private final int window;

    private final List<LeafDraft> waiting = new ArrayList<>();
    private final ArrayDeque<Object> line = new ArrayDeque<>();
    private int framesInLine;
    private PendingFrame open = new PendingFrame();
    private @Nullable LeafDraft leaf;
    private long read;
    private long fresh;
    private long settledRead;
    private long settledFresh;

    /** What a disk's map is built from and into. */
    record Parts(
            @Nullable MapReader base,
            boolean inherit,
            TreeBuilder tree,
            PackTable table,
            PackStream packs,
            CpuPool cpu,
            RecentBlocks recent) {}

    MapWriter(Parts parts, int window, long readBefore, long freshBefore) {
        base = parts.base;
        inherit = parts.inherit && parts.base != null;
        tree = parts.tree;
        table = parts.table;
        packs = parts.packs;
        cpu = parts.cpu;
        recent = parts.recent;
        this.window = window;
        read = settledRead = readBefore;
        fresh = settledFresh = freshBefore;
    }

    /** Bytes read up to the last leaf that is in the map. */
    long settledRead() {
        return settledRead;
    }

    /** Bytes of new blocks up to the last leaf that is in the map. */
    long settledFresh() {
        return settledFresh;
    }

    void accept(Span span, long readNow) throws InterruptedException {
        byte[] data = span.data();
        if (data == null || span.identities() == null) {
            zeros(span.block(), span.count());
        } else {
            blocks(span.block(), data, Futures.join(span.identities()));
        }
        read = readNow;
        drain(window);
    }

    /** Ends the disk; the location of the map's root. */
    long finish() throws InterruptedException {
        leave();
        submit();
        drain(0);
        settledRead = read;
        settledFresh = fresh;
        return tree.finish();
    }

    private void zeros(long block, long count) throws InterruptedException {
        long at = block;
        while (at < block + count) {
            long index = at / LEAF;
            long end = Math.min(block + count, (index + 1) * LEAF);
            boolean already = base == null || base.location(0, index) == Location.NONE;
            if ((leaf != null && leaf.index == index) || (inherit && !already)) {
                enter(index).zero((int) (at % LEAF), (int) ((end - 1) % LEAF) + 1);
            }
            at = end;
        }
    }

    private void blocks(long first, byte[] data, Span.Identities identities) throws InterruptedException {
        long[] halves = identities.halves();
        for (int i = 0; i < halves.length / 2; i++) {
            LeafDraft draft = enter((first + i) / LEAF);
            int block = (int) ((first + i) % LEAF);
            if (((identities.zeros() >>> i) & 1) != 0) {
                draft.zero(block);
            } else if (!draft.keep(block, halves[2 * i], halves[2 * i + 1])) {
                add(draft, block, data, i * VaultFormat.BLOCK, halves[2 * i], halves[2 * i + 1]);
            }
        }
    }

    private void add(LeafDraft draft, int block, byte[] data, int offset, long high, long low)
            throws InterruptedException {
        int slot = recent.find(high, low);
        PendingFrame known = slot < 0 ? null : recent.frame(slot);
        if (known != null) {
            draft.set(block, high, low, known, recent.position(slot));
            return;
        }
        PendingFrame frame = open;
        int position = frame.add(data, offset, high, low);
        draft.set(block, high, low, frame, position);
        recent.put(high, low, frame, position);
        fresh += VaultFormat.BLOCK;
        if (frame.isFull()) {
            submit();
        }
    }

    private LeafDraft enter(long index) throws InterruptedException {
        LeafDraft current = leaf;
        if (current != null && current.index == index) {
            return current;
        }
        leave();
        LeafDraft draft = new LeafDraft(index, base == null ? null : base.leaf(index), inherit);
        leaf = draft;
        return draft;
    }

    private void leave() throws InterruptedException {
        LeafDraft done = leaf;
        leaf = null;
        if (done == null || (inherit && done.isUnchanged())) {
            return;
        }
        done.read = read;
        done.fresh = fresh;
        if (open.isEmpty()) {
            line.add(done);
        } else {
            waiting.add(done);
        }
        if (waiting.size() >= MOST_WAITING || line.size() >= MOST_WAITING) {
            submit();
            drain(window);
        }
    }

    private void submit() {
        if (!open.isEmpty()) {
            open.compress(cpu);
            line.add(open);
            framesInLine++;
            open = new PendingFrame();
        }
        line.addAll(waiting);
        waiting.clear();
    }

    /** Packs what is ready, and waits until at most {@code most} frames are on their way. */
    private void drain(int most) throws InterruptedException {
        while (!line.isEmpty()) {
            switch (line.peek()) {
                case PendingFrame frame
                when framesInLine > most || frame.isCompressed() -> {
                    frame.pack(packs);
                    framesInLine--;
                }
                case LeafDraft draft -> settle(draft);
                case null, default -> {
                    return;
                }
            }
            line.remove();
        }
    }

    private void settle(LeafDraft draft) throws InterruptedException {
        if (draft.before != null && draft.isUnchanged() && base != null) {
            tree.share(draft.index, draft.before, base.location(0, draft.index));
        } else {
            if (inherit && draft.before != null) {
                tree.drop(draft.before);
            }
            tree.put(draft.index, draft.finish(table));
        }
        settledRead = draft.read;
        settledFresh = draft.fresh;
    }
}
