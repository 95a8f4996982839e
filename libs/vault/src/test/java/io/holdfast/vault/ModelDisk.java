package io.holdfast.vault;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** A disk in memory that knows what is allocated and what changed, in units smaller than a block. */
final class ModelDisk {

    static final int UNIT = 1024;

    final String key;
    byte[] bytes;
    final BitSet allocated = new BitSet();
    private BitSet changed = new BitSet();

    ModelDisk(String key, int size) {
        this.key = key;
        this.bytes = new byte[size];
    }

    /** What changed since the last call. */
    BitSet takeChanged() {
        BitSet taken = changed;
        changed = new BitSet();
        return taken;
    }

    void resize(int size) {
        allocated.clear(units(size), units(Math.max(size, bytes.length)) + 1);
        bytes = Arrays.copyOf(bytes, size);
    }

    void mutate(Random random) {
        int from = random.nextInt(units(bytes.length));
        int length = random.nextInt(10) == 0 ? random.nextInt(800) : 1 + random.nextInt(20);
        int to = Math.min(units(bytes.length), from + Math.max(1, length));
        changed.set(from, to);
        switch (random.nextInt(6)) {
            case 0 -> discard(from, to);
            case 1 -> fill(from, to, new byte[0], random);
            case 2 -> fill(from, to, new byte[] {(byte) random.nextInt(3)}, random);
            case 3 -> fill(from, to, "a line that is said again and again, ".getBytes(StandardCharsets.UTF_8), random);
            default -> {
                byte[] noise = new byte[(to - from) * UNIT];
                random.nextBytes(noise);
                fill(from, to, noise, random);
            }
        }
    }

    /** Allocated bytes; a pattern of no bytes writes zeros, which stay allocated. */
    void fill(int from, int to, byte[] pattern, Random random) {
        allocated.set(from, to);
        int end = Math.min(bytes.length, to * UNIT);
        int shift = pattern.length == 0 ? 0 : random.nextInt(pattern.length);
        for (int at = from * UNIT; at < end; at++) {
            bytes[at] = pattern.length == 0 ? 0 : pattern[(at + shift) % pattern.length];
        }
    }

    void discard(int from, int to) {
        allocated.clear(from, to);
        changed.set(from, to);
        Arrays.fill(bytes, from * UNIT, Math.min(bytes.length, to * UNIT), (byte) 0);
    }

    /** A frozen copy; read in full, or where {@code since} says. */
    DiskSource freeze(Optional<BitSet> since, Optional<UUID> base) {
        byte[] frozen = bytes.clone();
        List<Range> data = ranges(allocated, frozen.length);
        Optional<List<Range>> changes = since.map(set -> ranges(set, frozen.length));
        return new DiskSource() {
            @Override
            public String key() {
                return key;
            }

            @Override
            public long size() {
                return frozen.length;
            }

            @Override
            public String format() {
                return "raw";
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                into.put(frozen, (int) offset, into.remaining());
            }

            @Override
            public Iterator<Range> allocated() {
                return data.iterator();
            }

            @Override
            public Optional<Iterator<Range>> changed() {
                return changes.map(List::iterator);
            }

            @Override
            public Optional<UUID> base() {
                return base;
            }
        };
    }

    private static int units(int size) {
        return (size + UNIT - 1) / UNIT;
    }

    private static List<Range> ranges(BitSet set, int size) {
        List<Range> ranges = new ArrayList<>();
        for (int from = set.nextSetBit(0); from >= 0 && (long) from * UNIT < size; ) {
            int to = set.nextClearBit(from);
            long end = Math.min(size, (long) to * UNIT);
            ranges.add(new Range((long) from * UNIT, end - (long) from * UNIT));
            from = set.nextSetBit(to);
        }
        return ranges;
    }
}
