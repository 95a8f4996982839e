package io.holdfast.vault.map;

import io.holdfast.vault.format.ByteReader;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.VaultFormat;

/** A node of a block map. The arrays are not to be changed once the node is shared. */
public sealed interface MapNode {

    /**
     * 32 blocks.
     *
     * @param identities two longs for each block
     * @param locations 0 for a zero block
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Leaf(long[] identities, long[] locations) implements MapNode {
        public static Leaf empty() {
            return new Leaf(new long[2 * VaultFormat.LEAF_BLOCKS], new long[VaultFormat.LEAF_BLOCKS]);
        }
    }

    /** Locations of 256 children; 0 for a subtree of zeros. */
    @SuppressWarnings("ArrayRecordComponent")
    record Inner(long[] children) implements MapNode {}

    /** The bytes of this node at {@code level} and {@code index}. */
    default byte[] encode(int level, long index) {
        ByteWriter out = new ByteWriter(1024).u8(level).varint(index);
        switch (this) {
            case Leaf leaf -> {
                out.u32((int) mask(leaf.locations, 0));
                for (int i = 0; i < leaf.locations.length; i++) {
                    if (leaf.locations[i] != Location.NONE) {
                        out.u64(leaf.identities[2 * i]).u64(leaf.identities[2 * i + 1]);
                    }
                }
                writeRuns(out, leaf.locations);
            }
            case Inner inner -> {
                for (int i = 0; i < inner.children.length; i += 8) {
                    out.u8((int) mask(inner.children, i) & 0xff);
                }
                writeRuns(out, inner.children);
            }
        }
        return out.toByteArray();
    }

    /** The node in these bytes, which must be of this level and index. */
    static MapNode decode(ByteReader in, int level, long index) {
        if (in.u8() != level || in.varint() != index) {
            throw new FormatException("a map node of another place");
        }
        MapNode node = level == 0 ? decodeLeaf(in) : decodeInner(in);
        in.end();
        return node;
    }

    private static Leaf decodeLeaf(ByteReader in) {
        Leaf leaf = Leaf.empty();
        int mask = in.u32();
        for (int i = 0; i < leaf.locations.length; i++) {
            if (((mask >>> i) & 1) != 0) {
                leaf.locations[i] = 1;
                leaf.identities[2 * i] = in.u64();
                leaf.identities[2 * i + 1] = in.u64();
            }
        }
        readRuns(in, leaf.locations);
        return leaf;
    }

    private static Inner decodeInner(ByteReader in) {
        long[] children = new long[VaultFormat.FAN_OUT];
        for (int i = 0; i < children.length; i += 8) {
            int mask = in.u8();
            for (int bit = 0; bit < 8; bit++) {
                children[i + bit] = (mask >>> bit) & 1L;
            }
        }
        readRuns(in, children);
        return new Inner(children);
    }

    private static long mask(long[] locations, int from) {
        long mask = 0;
        for (int i = from; i < Math.min(locations.length, from + 32); i++) {
            mask |= locations[i] == Location.NONE ? 0 : 1L << (i - from);
        }
        return mask;
    }

    private static void writeRuns(ByteWriter out, long[] locations) {
        long first = Location.NONE;
        int length = 0;
        for (long location : locations) {
            if (location == Location.NONE) {
                continue;
            }
            // A run does not cross a frame: its positions have to ascend within one.
            if (length > 0 && location == first + length && Location.position(location) != 0) {
                length++;
            } else {
                writeRun(out, first, length);
                first = location;
                length = 1;
            }
        }
        writeRun(out, first, length);
    }

    private static void writeRun(ByteWriter out, long first, int length) {
        if (length > 0) {
            out.varint(length).varint(Location.pack(first)).varint(Location.frame(first));
            out.varint(Location.position(first));
        }
    }

    /** Replaces each location that is not 0 with the next one of the runs. */
    private static void readRuns(ByteReader in, long[] locations) {
        long next = 0;
        long left = 0;
        for (int i = 0; i < locations.length; i++) {
            if (locations[i] == Location.NONE) {
                continue;
            }
            if (left == 0) {
                left = in.varint(locations.length);
                long pack = in.varint((1L << 37) - 1);
                int frame = (int) in.varint(VaultFormat.MAX_FRAMES - 1);
                int position = (int) in.varint(VaultFormat.MAX_NODES);
                if (left == 0 || pack == 0 || position + left > VaultFormat.MAX_NODES + 1) {
                    throw new FormatException("a run outside the format");
                }
                next = Location.of(pack, frame, position);
            }
            locations[i] = next++;
            left--;
        }
        if (left != 0) {
            throw new FormatException("a run with nothing to place");
        }
    }
}
