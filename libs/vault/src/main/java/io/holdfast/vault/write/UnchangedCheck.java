package io.holdfast.vault.write;

import io.holdfast.vault.DiskSource;
import io.holdfast.vault.Range;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.crypto.BlockHasher;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.Location;
import io.holdfast.vault.map.MapNode;
import io.holdfast.vault.map.MapReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether what a source calls unchanged can be what the base holds. A bitmap knows what was written through the process
 * that keeps it: a disk file that was copied over, or shrunk and grown again, has bitmaps that look sound and are wrong.
 *
 * <p>Unchanged holes are held against the base's map, leaf by leaf; where a hole covers part of a leaf, where that would take more
 * than so many reads, and of what holds data, a sample is compared. Few reads therefore, and no proof that the source is right:
 * it finds a disk that is another, not one block that is.
 */
final class UnchangedCheck {

    /** Where partition tables and file systems name themselves: compared always. */
    private static final int FIRST_BLOCKS = 16;

    private static final int DATA_BLOCKS = 256;
    private static final int HOLES_IN_LEAVES = 256;
    /** Nodes right above leaves that are read at most, each for 32 MiB of the disk: all there are of 128 GiB. */
    private static final int NODES = 4096;

    private static final int LEAF = VaultFormat.LEAF_BLOCKS;
    /** A hole in a leaf as one number: first block and block count, at most 32. */
    private static final int COUNT_BITS = 6;

    private final DiskSource disk;
    private final long blocks;
    private final MapReader base;
    private final KeyRing keys;
    private final Sample data;
    private final Sample holes;
    private int first;
    private int nodes;
    private long node = -1;
    private long leafIndex = -1;
    private MapNode.@Nullable Leaf leaf;

    /** @param seed of the sample: an attempt that is repeated has to look at the same blocks and come to the same end */
    UnchangedCheck(DiskSource disk, MapReader base, KeyRing keys, long seed) {
        this.disk = disk;
        this.blocks = (disk.size() + VaultFormat.BLOCK - 1) / VaultFormat.BLOCK;
        this.base = base;
        this.keys = keys;
        Random random = new Random(seed);
        data = new Sample(DATA_BLOCKS, random);
        holes = new Sample(HOLES_IN_LEAVES, random);
    }

    /** The first offset found, in bytes, that differs from the base though it is called unchanged. */
    Optional<Long> contradiction() throws InterruptedException {
        long found = walk();
        if (found < 0) {
            found = inHoles();
        }
        if (found < 0) {
            found = inData();
        }
        return found < 0 ? Optional.empty() : Optional.of(found * VaultFormat.BLOCK);
    }

    /** Goes through all that is unchanged; the first block of a hole that cannot be one, or -1. */
    private long walk() throws InterruptedException {
        BlockRanges changed = new BlockRanges(disk.changed().orElseThrow(), disk.size());
        BlockRanges allocated = new BlockRanges(disk.allocated(), disk.size());
        Extent change = changed.next();
        Extent content = allocated.next();
        long found = -1;
        for (long at = 0; at < blocks && found < 0; ) {
            while (change != null && change.block() <= at) {
                at = Math.max(at, change.end());
                change = changed.next();
            }
            while (content != null && content.end() <= at) {
                content = allocated.next();
            }
            long end = change == null ? blocks : change.block();
            if (content == null || content.block() > at) {
                end = Math.max(at, content == null ? end : Math.min(end, content.block()));
                found = hole(at, end);
            } else {
                end = Math.max(at, Math.min(end, content.end()));
                found = content(at, end);
            }
            at = end;
        }
        return found;
    }

    /** Whether it may be looked which leaves of a leaf's node there are. */
    private boolean mayRead(long leafIndex) {
        long index = leafIndex >> VaultFormat.FAN_BITS;
        if (index != node && nodes < NODES && base.emptyLevel(leafIndex, 1) < 0) {
            node = index;
            nodes++;
        }
        return index == node;
    }

    private long hole(long from, long to) throws InterruptedException {
        for (long at = from; at < to; ) {
            long index = at / LEAF;
            int empty = base.emptyLevel(index, mayRead(index) ? 0 : 1);
            if (empty >= 0) {
                int bits = empty * VaultFormat.FAN_BITS;
                at = (((index >> bits) + 1) << bits) * LEAF;
                continue;
            }
            long leafEnd = Math.min(blocks, (index + 1) * LEAF);
            if (at == index * LEAF && to >= leafEnd && mayRead(index)) {
                return at;
            }
            long end = Math.min(to, leafEnd);
            holes.offer(at << COUNT_BITS | (end - at));
            at = end;
        }
        return -1;
    }

    private long content(long from, long to) throws InterruptedException {
        long at = from;
        for (; at < to && first < FIRST_BLOCKS; at++, first++) {
            if (differs(at)) {
                return at;
            }
        }
        data.offer(at, to);
        return -1;
    }

    private long inHoles() {
        for (long hole : holes.sorted()) {
            long from = hole >> COUNT_BITS;
            long to = from + (hole & (1 << COUNT_BITS) - 1);
            for (long block = from; block < to; block++) {
                if (location(block) != Location.NONE) {
                    return block;
                }
            }
        }
        return -1;
    }

    private long inData() throws InterruptedException {
        for (long block : data.sorted()) {
            if (differs(block)) {
                return block;
            }
        }
        return -1;
    }

    private boolean differs(long block) throws InterruptedException {
        byte[] now = read(block);
        boolean zeros = BlockHasher.isZero(now, 0);
        if (zeros || location(block) == Location.NONE) {
            return zeros != (location(block) == Location.NONE);
        }
        long[] identity = new long[2];
        keys.hasher().hash(now, 0, identity, 0);
        long[] then = Objects.requireNonNull(leaf).identities();
        int at = 2 * (int) (block % LEAF);
        return identity[0] != then[at] || identity[1] != then[at + 1];
    }

    private long location(long block) {
        long index = block / LEAF;
        if (leafIndex != index) {
            leaf = base.leaf(index);
            leafIndex = index;
        }
        return leaf == null ? Location.NONE : leaf.locations()[(int) (block % LEAF)];
    }

    private byte[] read(long block) throws InterruptedException {
        byte[] bytes = new byte[VaultFormat.BLOCK];
        long offset = block * VaultFormat.BLOCK;
        int length = (int) Math.min(bytes.length, disk.size() - offset);
        ByteBuffer into = ByteBuffer.wrap(bytes, 0, length);
        try {
            disk.read(offset, into);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException().initCause(e);
            }
            throw failed("the source failed: " + e.getMessage(), offset, length, e);
        }
        if (into.hasRemaining()) {
            throw failed("the source read too little", offset, length, null);
        }
        return bytes;
    }

    private VaultException failed(String message, long offset, int length, @Nullable Throwable cause) {
        return new VaultException(VaultException.Kind.SOURCE_FAILED, null, message, cause)
                .at(disk.key(), new Range(offset, length));
    }
}
