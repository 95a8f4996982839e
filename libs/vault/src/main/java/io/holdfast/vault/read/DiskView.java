package io.holdfast.vault.read;

import io.holdfast.vault.PointManifest.Disk;
import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.Range;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.crypto.BlockHasher;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.Location;
import io.holdfast.vault.map.MapNode;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.map.MapShape;
import io.holdfast.vault.pack.FrameEntry;
import io.holdfast.vault.pack.FrameStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Random reads of one disk of a point. Thread-safe: each call walks on its own. */
public final class DiskView {

    private static final int LEAF_BYTES = VaultFormat.LEAF_BLOCKS * VaultFormat.BLOCK;
    private static final byte[] ZEROS = new byte[64 << 10];

    private final FrameStore frames;
    private final KeyRing keys;
    private final Disk disk;
    private final MapShape shape;
    private final Map<Long, PackUse> packs;

    public DiskView(FrameStore frames, KeyRing keys, Disk disk) {
        this.frames = frames;
        this.keys = keys;
        this.disk = disk;
        this.shape = MapShape.of(disk.size());
        this.packs = MapReader.index(disk);
    }

    public long size() {
        return disk.size();
    }

    /** Fills {@code into}; the range has to be inside the disk. */
    public void read(long offset, ByteBuffer into) {
        requireInside(offset, into.remaining());
        MapReader map = reader();
        BlockHasher hasher = keys.hasher();
        Held held = new Held();
        long at = offset;
        while (into.hasRemaining()) {
            long leafIndex = at / LEAF_BYTES;
            int inLeaf = (int) (at % LEAF_BYTES);
            int length = Math.min(LEAF_BYTES - inLeaf, into.remaining());
            MapNode.Leaf leaf = leaf(map, leafIndex);
            if (leaf == null) {
                zeros(into, length);
            } else {
                readLeaf(new Walk(map, hasher, held, leaf, leafIndex * LEAF_BYTES), inLeaf, length, into);
            }
            at += length;
        }
    }

    /** Where the disk has blocks that are not zero, within the range, merged. */
    public List<Range> allocated(long offset, long length) {
        requireInside(offset, length);
        MapReader map = reader();
        List<Range> ranges = new ArrayList<>();
        long end = offset + length;
        long at = offset;
        while (at < end) {
            long leafIndex = at / LEAF_BYTES;
            int empty = emptyLevel(map, leafIndex);
            if (empty >= 0) {
                // A whole subtree of zeros is passed in one step.
                int bits = empty * VaultFormat.FAN_BITS;
                at = Math.min(end, (((leafIndex >> bits) + 1) << bits) * LEAF_BYTES);
                continue;
            }
            long[] locations = Objects.requireNonNull(leaf(map, leafIndex)).locations();
            for (long block = at / VaultFormat.BLOCK;
                    block / VaultFormat.LEAF_BLOCKS == leafIndex && at < end;
                    block++) {
                long next = Math.min(end, (block + 1) * VaultFormat.BLOCK);
                if (locations[(int) (block % VaultFormat.LEAF_BLOCKS)] != Location.NONE) {
                    add(ranges, at, next - at);
                }
                at = next;
            }
        }
        return ranges;
    }

    private record Walk(MapReader map, BlockHasher hasher, Held held, MapNode.Leaf leaf, long start) {}

    /** The frame that a call used last: most blocks follow one another in it, and the cache may be too busy to keep it. */
    private final class Held {
        private byte @Nullable [] frame;
        private String pack = "";
        private int number;

        byte[] frame(PackUse of, int wanted) {
            byte[] last = frame;
            if (last == null || number != wanted || !pack.equals(of.id())) {
                last = frames.frame(of, wanted, FrameEntry.DATA);
                frame = last;
                pack = of.id();
                number = wanted;
            }
            return last;
        }
    }

    private void readLeaf(Walk walk, int from, int length, ByteBuffer into) {
        int at = from;
        while (at < from + length) {
            int index = at / VaultFormat.BLOCK;
            int inBlock = at % VaultFormat.BLOCK;
            int part = Math.min(VaultFormat.BLOCK - inBlock, from + length - at);
            long location = walk.leaf.locations()[index];
            if (location == Location.NONE) {
                zeros(into, part);
            } else {
                readBlock(walk, index, location, inBlock, part, into);
            }
            at += part;
        }
    }

    private void readBlock(Walk walk, int index, long location, int inBlock, int part, ByteBuffer into) {
        Range where = new Range(walk.start + (long) index * VaultFormat.BLOCK, VaultFormat.BLOCK);
        try {
            PackUse pack = walk.map.pack(location);
            byte[] frame = walk.held.frame(pack, Location.frame(location));
            int offset = Location.position(location) * VaultFormat.BLOCK;
            String object = Keys.pack(pack.id()).value();
            if (offset + VaultFormat.BLOCK > frame.length) {
                throw new VaultException(VaultException.Kind.CORRUPT, object, "no such block in pack " + object);
            }
            long[] identity = new long[2];
            walk.hasher.hash(frame, offset, identity, 0);
            if (identity[0] != walk.leaf.identities()[2 * index]
                    || identity[1] != walk.leaf.identities()[2 * index + 1]) {
                throw new VaultException(VaultException.Kind.CORRUPT, object, "another block in pack " + object);
            }
            into.put(frame, offset + inBlock, part);
        } catch (VaultException e) {
            throw e.at(disk.key(), where);
        }
    }

    private MapNode.@Nullable Leaf leaf(MapReader map, long index) {
        try {
            return map.leaf(index);
        } catch (VaultException e) {
            throw e.at(disk.key(), new Range(index * LEAF_BYTES, LEAF_BYTES));
        }
    }

    private int emptyLevel(MapReader map, long leafIndex) {
        try {
            return map.emptyLevel(leafIndex, 0);
        } catch (VaultException e) {
            throw e.at(disk.key(), new Range(leafIndex * LEAF_BYTES, LEAF_BYTES));
        }
    }

    private MapReader reader() {
        return new MapReader(frames, packs, shape, disk.root());
    }

    private void requireInside(long offset, long length) {
        if (offset < 0 || length < 0 || length > disk.size() - offset) {
            throw new IllegalArgumentException("outside the disk: " + offset + "+" + length + " of " + disk.size());
        }
    }

    private static void add(List<Range> ranges, long offset, long length) {
        if (!ranges.isEmpty() && ranges.getLast().end() == offset) {
            Range last = ranges.removeLast();
            ranges.add(new Range(last.offset(), last.length() + length));
        } else {
            ranges.add(new Range(offset, length));
        }
    }

    private static void zeros(ByteBuffer into, int length) {
        for (int left = length; left > 0; left -= ZEROS.length) {
            into.put(ZEROS, 0, Math.min(left, ZEROS.length));
        }
    }
}
