package io.holdfast.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Bytes of a disk in memory: stretches of random data and of zeros. */
final class Content {

    static final long SEED = Long.getLong("holdfast.seed", new Random().nextLong());

    static {
        System.out.println("-Dholdfast.seed=" + SEED);
    }

    private static final int BLOCK = 4_096;

    private final byte[] bytes;

    private Content(byte[] bytes) {
        this.bytes = bytes;
    }

    /** About half of it zeros, in stretches of up to 512 KiB. */
    static Content random(int size) {
        Random random = new Random(SEED ^ size);
        byte[] bytes = new byte[size];
        boolean data = true;
        for (int at = 0; at < size; data = !data) {
            int length = Math.min(size - at, BLOCK * (1 + random.nextInt(128)));
            if (data) {
                byte[] part = new byte[length];
                random.nextBytes(part);
                System.arraycopy(part, 0, bytes, at, length);
            }
            at += length;
        }
        return new Content(bytes);
    }

    /** Writes a raw file, zero blocks left as holes. */
    Path writeTo(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), bytes.length - 1L);
            for (NbdExtent extent : allocation(0, bytes.length)) {
                if (!extent.has(NbdExtent.ZERO)) {
                    channel.write(
                            ByteBuffer.wrap(bytes, (int) extent.offset(), (int) extent.length()), extent.offset());
                }
            }
        }
        return file;
    }

    /** Blocks of 4 KiB that hold nothing but zeros are zero and hole. */
    List<NbdExtent> allocation(long offset, long length) {
        List<NbdExtent> extents = new ArrayList<>();
        for (long at = offset; at < offset + length; ) {
            long end = Math.min(offset + length, (at / BLOCK + 1) * BLOCK);
            extents.add(new NbdExtent(at, end - at, isZero((int) at, (int) end) ? 3 : 0));
            at = end;
        }
        return merged(extents);
    }

    static List<NbdExtent> merged(List<NbdExtent> extents) {
        List<NbdExtent> merged = new ArrayList<>();
        for (NbdExtent next : extents) {
            NbdExtent last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.flags() == next.flags()) {
                merged.set(
                        merged.size() - 1, new NbdExtent(last.offset(), last.length() + next.length(), next.flags()));
            } else {
                merged.add(next);
            }
        }
        return merged;
    }

    boolean isZero(int from, int to) {
        return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return bytes.length;
    }

    /** Serves it. */
    NbdExport export() {
        return new NbdExport() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                target.put(bytes, (int) offset, target.remaining());
            }

            @Override
            public List<NbdExtent> allocation(long offset, long length) {
                return Content.this.allocation(offset, length);
            }

            @Override
            public void close() {}
        };
    }
}
