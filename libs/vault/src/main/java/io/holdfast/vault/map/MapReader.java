package io.holdfast.vault.map;

import io.holdfast.vault.PointManifest.Disk;
import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.format.ByteReader;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.pack.FrameEntry;
import io.holdfast.vault.pack.FrameStore;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks the block map of one disk of a point, keeping the inner nodes of the last path. Confined to one thread. */
public final class MapReader {

    private final FrameStore frames;
    private final Map<Long, PackUse> packs;
    private final MapShape shape;
    private final long root;
    private final MapNode.@Nullable Inner[] path;
    private final long[] pathIndex;

    public MapReader(FrameStore frames, Disk disk) {
        this(frames, index(disk), MapShape.of(disk.size()), disk.root());
    }

    /** A reader of the map with this root whose packs are indexed already. */
    public MapReader(FrameStore frames, Map<Long, PackUse> packs, MapShape shape, long root) {
        this.frames = frames;
        this.packs = packs;
        this.shape = shape;
        this.root = root;
        path = new MapNode.Inner[shape.height() + 1];
        pathIndex = new long[shape.height() + 1];
    }

    /** A disk's packs by number. */
    public static Map<Long, PackUse> index(Disk disk) {
        Map<Long, PackUse> packs = HashMap.newHashMap(disk.packs().size());
        disk.packs().forEach(pack -> packs.put(pack.number(), pack));
        return packs;
    }

    /** The location of the node of this level and index; 0 when it is all zeros or outside the map. */
    public long location(int level, long index) {
        if (level >= shape.height()) {
            return level == shape.height() && index == 0 ? root : Location.NONE;
        }
        MapNode.Inner parent = inner(level + 1, index >> VaultFormat.FAN_BITS);
        return parent == null ? Location.NONE : parent.children()[(int) index & VaultFormat.FAN_OUT - 1];
    }

    /** The highest level, {@code least} or above, at which a leaf lies in a subtree of zeros, or -1. */
    public int emptyLevel(long leafIndex, int least) {
        for (int level = shape.height(); level >= least; level--) {
            if (location(level, leafIndex >> (level * VaultFormat.FAN_BITS)) == Location.NONE) {
                return level;
            }
        }
        return -1;
    }

    /** The inner node of this level and index, or null when it is all zeros. */
    public MapNode.@Nullable Inner inner(int level, long index) {
        if (level > shape.height()) {
            return null;
        }
        if (path[level] != null && pathIndex[level] == index) {
            return path[level];
        }
        long location = location(level, index);
        if (location == Location.NONE) {
            return null;
        }
        MapNode.Inner node = (MapNode.Inner) node(level, index, location);
        path[level] = node;
        pathIndex[level] = index;
        return node;
    }

    /** The leaf of this index, or null when it is all zeros. */
    public MapNode.@Nullable Leaf leaf(long index) {
        long location = location(0, index);
        return location == Location.NONE ? null : (MapNode.Leaf) node(0, index, location);
    }

    /** The pack of a location. */
    public PackUse pack(long location) {
        PackUse pack = packs.get(Location.pack(location));
        if (pack == null) {
            throw new VaultException(
                    VaultException.Kind.CORRUPT,
                    null,
                    "a block map points into a pack that its manifest does not list");
        }
        return pack;
    }

    private MapNode node(int level, long index, long location) {
        PackUse pack = pack(location);
        byte[] frame = frames.frame(pack, Location.frame(location), FrameEntry.NODES);
        try {
            ByteReader in = new ByteReader(frame);
            for (int i = 0; i < Location.position(location); i++) {
                in.skip((int) in.varint(in.remaining()));
            }
            int length = (int) in.varint(in.remaining());
            return MapNode.decode(new ByteReader(frame, in.position(), length), level, index);
        } catch (FormatException e) {
            String object = Keys.pack(pack.id()).value();
            throw new VaultException(
                    VaultException.Kind.CORRUPT, object, "map node in pack " + object + ": " + e.getMessage(), e);
        }
    }
}
