package io.holdfast.vault.pack;

import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.VaultFormat;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One pack being filled, in a buffer that it does not own. Confined to one thread. */
final class PackBuilder {

    private static final int NODE_FRAME = VaultFormat.MAX_NODE_FRAME + VaultFormat.TAG;
    private static final int ENDS = VaultFormat.TRAILER + 2 * VaultFormat.TAG + 2 * VaultFormat.DIRECTORY_ENTRY;

    private final PackHandle handle;
    private final byte[] salt = new byte[32];
    private final PackSeal seal;
    private final byte[] buffer;
    private final List<@Nullable FrameEntry> entries = new ArrayList<>();
    private final ByteWriter hashes = new ByteWriter(4096);
    private final List<long[]> hashesByFrame = new ArrayList<>();
    private int used = VaultFormat.PACK_HEAD;
    private int blocks;

    PackBuilder(KeyRing keys, SecureRandom random, byte[] buffer) {
        byte[] id = new byte[16];
        random.nextBytes(id);
        random.nextBytes(salt);
        handle = new PackHandle(HexFormat.of().formatHex(id));
        seal = new PackSeal(keys, handle.id(), salt);
        this.buffer = buffer;
        byte[] head = new ByteWriter(VaultFormat.PACK_HEAD)
                .raw(VaultFormat.ascii("HFPACK00"))
                .u16(VaultFormat.VERSION)
                .raw(new byte[6])
                .toByteArray();
        System.arraycopy(head, 0, buffer, 0, head.length);
    }

    PackHandle handle() {
        return handle;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether another frame fits, with room for the frame of nodes that is open and all that ends the pack. */
    boolean fits(int payload, int moreBlocks) {
        long ends = (long) ENDS
                + (long) entries.size() * VaultFormat.DIRECTORY_ENTRY
                + (long) (blocks + moreBlocks) * VaultFormat.IDENTITY;
        return used + payload + VaultFormat.TAG + NODE_FRAME + ends <= buffer.length
                && entries.size() + 2 <= VaultFormat.MAX_FRAMES;
    }

    /** A number for a frame that {@link #append} gets later. */
    int reserve() {
        entries.add(null);
        hashesByFrame.add(new long[0]);
        return entries.size() - 1;
    }

    /** Seals a frame under a reserved number; {@code identities} are those of its blocks, two longs each. */
    void append(int number, int kind, int codec, int rawLength, int count, byte[] payload, long[] identities) {
        FrameEntry entry = new FrameEntry(used, payload.length + VaultFormat.TAG, rawLength, count, kind, codec);
        if (entries.set(number, entry) != null) {
            throw new IllegalStateException("frame number used twice");
        }
        used += seal.frame(number, entry, payload, buffer, used);
        if (kind == FrameEntry.DATA) {
            hashesByFrame.set(number, Arrays.copyOf(identities, 2 * count));
            blocks += count;
        }
    }

    /** The finished object. */
    byte[] close() {
        for (long[] frame : hashesByFrame) {
            for (long half : frame) {
                hashes.u64(half);
            }
        }
        ByteWriter directory = new ByteWriter(entries.size() * VaultFormat.DIRECTORY_ENTRY);
        for (FrameEntry entry : entries) {
            FrameEntry there = Objects.requireNonNull(entry, "a reserved frame was never appended");
            directory.u32(there.offset()).u32(there.length()).u32(there.rawLength());
            directory.u16(there.count()).u8(there.kind()).u8(there.codec());
        }
        byte[] sealedHashes = seal.hashes(hashes.toByteArray());
        int directoryLength = directory.size() + VaultFormat.TAG;
        byte[] trailer = new ByteWriter(VaultFormat.TRAILER)
                .raw(PackDirectory.MAGIC)
                .u16(VaultFormat.VERSION)
                .u16(0)
                .u32(0)
                .u32(0)
                .u32(entries.size())
                .u32(sealedHashes.length)
                .u32(directoryLength)
                .raw(salt)
                .toByteArray();
        byte[] sealedDirectory = seal.directory(directory.toByteArray(), trailer);
        for (byte[] part : List.of(sealedHashes, sealedDirectory, trailer)) {
            System.arraycopy(part, 0, buffer, used, part.length);
            used += part.length;
        }
        handle.closed(used, directoryLength);
        return Arrays.copyOf(buffer, used);
    }
}
