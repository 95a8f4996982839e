package io.holdfast.vault.write;

import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.Location;
import io.holdfast.vault.map.MapNode;
import io.holdfast.vault.map.PackTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A leaf being filled; blocks of frames that are not packed yet have no location so far. Confined to one thread. */
final class LeafDraft {

    final long index;
    /** The base's leaf, or null when it is all zeros or there is no base. */
    final MapNode.@Nullable Leaf before;

    private final long[] identities;
    private final long[] locations;
    private final @Nullable PendingFrame[] frames = new PendingFrame[VaultFormat.LEAF_BLOCKS];
    /** Bytes read and new when the leaf was finished. */
    long read;

    long fresh;

    LeafDraft(long index, MapNode.@Nullable Leaf before, boolean inherit) {
        this.index = index;
        this.before = before;
        MapNode.Leaf start = inherit && before != null ? before : MapNode.Leaf.empty();
        identities = start.identities().clone();
        locations = start.locations().clone();
    }

    void zero(int block) {
        set(block, 0, 0, Location.NONE, null);
    }

    void zero(int from, int to) {
        for (int block = from; block < to; block++) {
            zero(block);
        }
    }

    /** Takes the base's block if it has this identity. */
    boolean keep(int block, long high, long low) {
        if (before == null
                || before.locations()[block] == Location.NONE
                || before.identities()[2 * block] != high
                || before.identities()[2 * block + 1] != low) {
            return false;
        }
        set(block, high, low, before.locations()[block], null);
        return true;
    }

    void set(int block, long high, long low, PendingFrame frame, int position) {
        set(block, high, low, position, frame);
    }

    /** Whether every block is the base's. */
    boolean isUnchanged() {
        return before != null
                && Arrays.equals(locations, before.locations())
                && Arrays.stream(frames).allMatch(frame -> frame == null);
    }

    /** The finished leaf, or null when it is all zeros; all frames have to be packed. */
    MapNode.@Nullable Leaf finish(PackTable table) {
        boolean zeros = true;
        for (int i = 0; i < locations.length; i++) {
            PendingFrame frame = frames[i];
            if (frame != null) {
                locations[i] = table.location(frame.place((int) locations[i]));
                frames[i] = null;
            }
            zeros &= locations[i] == Location.NONE;
        }
        return zeros ? null : new MapNode.Leaf(identities, locations);
    }

    private void set(int block, long high, long low, long location, @Nullable PendingFrame frame) {
        identities[2 * block] = high;
        identities[2 * block + 1] = low;
        locations[block] = location;
        frames[block] = frame;
    }
}
