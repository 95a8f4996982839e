package io.holdfast.vault.write;

import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.format.Zstd3;
import io.holdfast.vault.pack.PackStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Blocks on their way into a frame; its place is known when it has been packed. */
final class PendingFrame {

    private byte @Nullable [] raw = new byte[VaultFormat.FRAME_BLOCKS * VaultFormat.BLOCK];
    private long @Nullable [] identities = new long[2 * VaultFormat.FRAME_BLOCKS];
    private @Nullable Future<byte[]> packed;
    private PackStream.@Nullable Place place;
    private int count;

    /** Adds a block and says at which position. */
    int add(byte[] data, int offset, long high, long low) {
        System.arraycopy(data, offset, Objects.requireNonNull(raw), count * VaultFormat.BLOCK, VaultFormat.BLOCK);
        long[] halves = Objects.requireNonNull(identities);
        halves[2 * count] = high;
        halves[2 * count + 1] = low;
        return count++;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == VaultFormat.FRAME_BLOCKS;
    }

    /** Starts compressing; nothing can be added after that. */
    void compress(CpuPool cpu) {
        byte[] filled = Objects.requireNonNull(raw);
        int length = count * VaultFormat.BLOCK;
        byte[] exact = filled.length == length ? filled : Arrays.copyOf(filled, length);
        raw = exact;
        packed = cpu.submit(() -> Zstd3.compress(exact));
    }

    boolean isCompressed() {
        return packed != null && packed.isDone();
    }

    /** Waits for the compressed bytes and puts them into the pack. */
    void pack(PackStream out) throws InterruptedException {
        byte[] payload = Futures.join(Objects.requireNonNull(packed));
        boolean stored = payload.length == count * VaultFormat.BLOCK;
        int codec = stored ? VaultFormat.CODEC_STORED : VaultFormat.CODEC_ZSTD;
        place = out.blocks(payload, codec, count, Objects.requireNonNull(identities));
        raw = null;
        identities = null;
        packed = null;
    }

    /** Where the block at this position is. */
    PackStream.Place place(int position) {
        PackStream.Place frame = Objects.requireNonNull(place, "the frame is not packed yet");
        return new PackStream.Place(frame.pack(), frame.frame(), position);
    }
}
