package io.holdfast.vault.pack;

import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.format.Zstd3;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The packs of a session, one after another: frames of blocks as they come, nodes collected into frames of about 64 KiB.
 * Used by one thread at a time.
 */
public final class PackStream {

    private static final int NODES_FULL = 64 << 10;

    private final KeyRing keys;
    private final SecureRandom random;
    private final byte[] buffer;
    private final Listener listener;
    private final ByteWriter nodes = new ByteWriter(NODES_FULL + (8 << 10));
    private @Nullable PackBuilder pack;
    private int nodeFrame;
    private int nodeCount;

    /** Gets what is finished. */
    public interface Listener {
        /** Waits until another finished pack may be in memory. */
        void awaitRoom() throws InterruptedException;

        /** A pack is complete; {@code betweenLeaves} tells whether the map is in a state that may be written down. */
        void finished(PackHandle pack, byte[] object, boolean betweenLeaves) throws InterruptedException;
    }

    /** Where a frame or a node went. */
    public record Place(PackHandle pack, int frame, int position) {}

    public PackStream(KeyRing keys, SecureRandom random, int packBytes, Listener listener) {
        this.keys = keys;
        this.random = random;
        this.buffer = new byte[packBytes];
        this.listener = listener;
    }

    /** Adds a frame of {@code count} blocks. */
    public Place blocks(byte[] payload, int codec, int count, long[] identities) throws InterruptedException {
        PackBuilder open = current(payload.length, count, true);
        int number = open.reserve();
        open.append(number, FrameEntry.DATA, codec, count * VaultFormat.BLOCK, count, payload, identities);
        return new Place(open.handle(), number, 0);
    }

    /** Adds a node. */
    public Place node(byte[] node) throws InterruptedException {
        if (nodeCount > 0 && (nodes.size() + node.length > NODES_FULL || nodeCount == VaultFormat.MAX_NODES)) {
            flushNodes();
        }
        PackBuilder open = nodeCount > 0 && pack != null ? pack : current(VaultFormat.MAX_NODE_FRAME, 0, false);
        if (nodeCount == 0) {
            nodeFrame = open.reserve();
        }
        nodes.bytes(node);
        return new Place(open.handle(), nodeFrame, nodeCount++);
    }

    /** Finishes the last pack. */
    public void finish() throws InterruptedException {
        if (pack != null && !pack.isEmpty()) {
            close(pack, true);
        }
    }

    private PackBuilder current(int payload, int count, boolean betweenLeaves) throws InterruptedException {
        if (pack != null && !pack.fits(payload, count)) {
            close(pack, betweenLeaves);
        }
        if (pack == null) {
            pack = new PackBuilder(keys, random, buffer);
        }
        return pack;
    }

    private void close(PackBuilder full, boolean betweenLeaves) throws InterruptedException {
        flushNodes();
        listener.awaitRoom();
        byte[] object = full.close();
        pack = null;
        listener.finished(full.handle(), object, betweenLeaves);
    }

    private void flushNodes() {
        if (nodeCount > 0 && pack != null) {
            byte[] raw = nodes.toByteArray();
            byte[] packed = Zstd3.compress(raw);
            int codec = packed.length < raw.length ? VaultFormat.CODEC_ZSTD : VaultFormat.CODEC_STORED;
            pack.append(nodeFrame, FrameEntry.NODES, codec, raw.length, nodeCount, packed, new long[0]);
            nodes.reset();
            nodeCount = 0;
        }
    }
}
