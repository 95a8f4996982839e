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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Random reads of one disk of a point. Thread-safe: each call walks on its own. */
public final class DiskView {

    private static final int LEAF_BYTES = VaultFormat.LEAF_BLOCKS * VaultFormat.BLOCK;
    private static final byte[] ZEROS = new byte[64 << 10];
    /** Leaves that are looked at together: 2 MiB. */
    private static final int MOST_LEAVES = 16;
    /** Frames that one call fetches and holds together, each of at most 256 KiB. */
    private static final int MOST_FRAMES = 8;

    private static final System.Logger LOG = System.getLogger(DiskView.class.getName());

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
        long at = offset;
        long end = offset + into.remaining();
        while (at < end) {
            Stretch stretch = stretch(map, at, end);
            Held held = fetched(map, stretch);
            for (MapNode.@Nullable Leaf leaf : stretch.leaves) {
                int inLeaf = (int) (at % LEAF_BYTES);
                int length = (int) Math.min(LEAF_BYTES - inLeaf, end - at);
                if (leaf == null) {
                    zeros(into, length);
                } else {
                    readLeaf(new Walk(map, hasher, held, leaf, at - inLeaf), inLeaf, length, into);
                }
                at += length;
            }
        }
    }

    /** Leaves that follow one another, and the frames that hold what is wanted of them. */
    private record Stretch(List<MapNode.@Nullable Leaf> leaves, Map<Long, Set<Integer>> frames) {}

    /** As many leaves from {@code from} on as their frames may be held together; at least one. */
    private Stretch stretch(MapReader map, long from, long end) {
        Stretch stretch = new Stretch(new ArrayList<>(), new LinkedHashMap<>());
        int count = 0;
        for (long at = from; at < end && stretch.leaves.size() < MOST_LEAVES; ) {
            long next = Math.min(end, (at / LEAF_BYTES + 1) * LEAF_BYTES);
            MapNode.Leaf leaf = leaf(map, at / LEAF_BYTES);
            Map<Long, Set<Integer>> more = leaf == null ? Map.of() : frames(leaf, at, next, stretch.frames);
            count += more.values().stream().mapToInt(Set::size).sum();
            if (count > MOST_FRAMES && !stretch.leaves.isEmpty()) {
                break;
            }
            stretch.leaves.add(leaf);
            more.forEach((pack, numbers) -> stretch.frames
                    .computeIfAbsent(pack, known -> new LinkedHashSet<>())
                    .addAll(numbers));
            at = next;
        }
        return stretch;
    }

    /** The frames, by pack, of the blocks of a leaf within a range, but for those that are known. */
    private static Map<Long, Set<Integer>> frames(
            MapNode.Leaf leaf, long from, long end, Map<Long, Set<Integer>> known) {
        Map<Long, Set<Integer>> frames = new LinkedHashMap<>();
        for (long block = from / VaultFormat.BLOCK; block * VaultFormat.BLOCK < end; block++) {
            long location = leaf.locations()[(int) (block % VaultFormat.LEAF_BLOCKS)];
            long pack = Location.pack(location);
            int frame = Location.frame(location);
            if (location != Location.NONE && !known.getOrDefault(pack, Set.of()).contains(frame)) {
                frames.computeIfAbsent(pack, number -> new LinkedHashSet<>()).add(frame);
            }
        }
        return frames;
    }

    /** Opens the frames of a stretch together, unless they are too many to be held; what fails is told at the block that needs it. */
    private Held fetched(MapReader map, Stretch stretch) {
        Held held = new Held();
        int count = stretch.frames.values().stream().mapToInt(Set::size).sum();
        if (count > 1 && count <= MOST_FRAMES) {
            stretch.frames.forEach((number, numbers) -> {
                try {
                    PackUse pack = map.pack(Location.of(number, 0, 0));
                    held.fetched.put(pack.id(), frames.frames(pack, numbers, FrameEntry.DATA));
                } catch (VaultException e) {
                    LOG.log(System.Logger.Level.DEBUG, "frames of a pack were not fetched together", e);
                }
            });
        }
        return held;
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

    /** The frames that were fetched together, and the one that was used last: the cache may be too busy to keep them. */
    private final class Held {
        private final Map<String, Map<Integer, byte[]>> fetched = new HashMap<>();
        private byte @Nullable [] frame;
        private String pack = "";
        private int number;

        byte[] frame(PackUse of, int wanted) {
            byte[] last = frame;
            if (last == null || number != wanted || !pack.equals(of.id())) {
                byte[] together = fetched.getOrDefault(of.id(), Map.of()).get(wanted);
                last = together == null ? frames.frame(of, wanted, FrameEntry.DATA) : together;
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
