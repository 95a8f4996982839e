package io.holdfast.vault.write;

import io.holdfast.vault.DiskSource;
import io.holdfast.vault.Range;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.crypto.BlockHasher;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.VaultFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Reads a disk span by span and has each hashed. Runs in a thread of its own. */
final class SpanReader {

    private final DiskSource disk;
    private final long size;
    private final Extents extents;
    private final KeyRing keys;
    private final CpuPool cpu;
    private final BlockingQueue<Span> out;
    private long read;

    SpanReader(DiskSource disk, Extents extents, KeyRing keys, CpuPool cpu, BlockingQueue<Span> out) {
        this.disk = disk;
        this.size = disk.size();
        this.extents = extents;
        this.keys = keys;
        this.cpu = cpu;
        this.out = out;
    }

    /** Reads everything from block {@code from} on. */
    void run(long from) throws InterruptedException {
        for (Extent next = extents.next(); next != null; next = extents.next()) {
            if (next.end() <= from) {
                continue;
            }
            Extent extent = Extent.between(Math.max(from, next.block()), next.end(), next.zeros());
            if (extent.zeros()) {
                out.put(new Span(extent.block(), extent.count(), null, null, read));
            } else {
                readAll(extent);
            }
        }
        out.put(Span.end(read));
    }

    private void readAll(Extent extent) throws InterruptedException {
        long at = extent.block();
        while (at < extent.end()) {
            long boundary = (at / VaultFormat.FRAME_BLOCKS + 1) * VaultFormat.FRAME_BLOCKS;
            int count = (int) (Math.min(boundary, extent.end()) - at);
            byte[] data = read(at, count);
            Future<Span.Identities> identities = cpu.submit(() -> identities(data, count));
            out.put(new Span(at, count, data, identities, read));
            at += count;
        }
    }

    private byte[] read(long block, int count) {
        byte[] data = new byte[count * VaultFormat.BLOCK];
        long offset = block * VaultFormat.BLOCK;
        int length = (int) Math.min(data.length, size - offset);
        ByteBuffer into = ByteBuffer.wrap(data, 0, length);
        try {
            disk.read(offset, into);
        } catch (IOException e) {
            throw failed("the source failed: " + e.getMessage(), offset, length, e);
        }
        if (into.hasRemaining()) {
            throw failed("the source read too little", offset, length, null);
        }
        read += length;
        return data;
    }

    private VaultException failed(String message, long offset, int length, @Nullable Throwable cause) {
        return new VaultException(VaultException.Kind.SOURCE_FAILED, null, message, cause)
                .at(disk.key(), new Range(offset, length));
    }

    private Span.Identities identities(byte[] data, int count) {
        BlockHasher hasher = keys.hasher();
        long zeros = 0;
        long[] halves = new long[2 * count];
        for (int i = 0; i < count; i++) {
            if (BlockHasher.isZero(data, i * VaultFormat.BLOCK)) {
                zeros |= 1L << i;
            } else {
                hasher.hash(data, i * VaultFormat.BLOCK, halves, i);
            }
        }
        return new Span.Identities(zeros, halves);
    }
}
