package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** A large disk of which only the pages that were written are kept. */
final class SparseModel {

    static final int PAGE = 4096;

    private final String key;
    private final TreeMap<Long, byte[]> pages = new TreeMap<>();
    private SortedSet<Long> changed = new TreeSet<>();
    private long size;

    SparseModel(String key, long size) {
        this.key = key;
        this.size = size;
    }

    long size() {
        return size;
    }

    SortedSet<Long> takeChanged() {
        SortedSet<Long> taken = changed;
        changed = new TreeSet<>();
        return taken;
    }

    /** Writes, zeroes or discards some pages: beside others, or anywhere. */
    void mutate(Random random) {
        long last = (size - 1) / PAGE;
        boolean near = !pages.isEmpty() && random.nextInt(3) > 0;
        long first = near ? Math.min(last, pages.firstKey() + random.nextInt(20_000)) : random.nextLong(last + 1);
        int what = random.nextInt(6);
        for (long page = first; page <= Math.min(last, first + random.nextInt(40)); page++) {
            if (what == 0) {
                pages.remove(page);
                changed.add(page);
            } else {
                write(page, what == 1 ? new byte[PAGE] : content(random, what));
            }
        }
    }

    void write(long page, byte[] content) {
        pages.put(page, content);
        changed.add(page);
    }

    private static byte[] content(Random random, int what) {
        byte[] content = new byte[PAGE];
        if (what == 2) {
            Arrays.fill(content, (byte) (1 + random.nextInt(3)));
        } else {
            random.nextBytes(content);
        }
        return content;
    }

    void resize(long newSize) {
        pages.tailMap((newSize + PAGE - 1) / PAGE, true).clear();
        size = newSize;
    }

    /** What it holds now. */
    Frozen freeze() {
        return new Frozen(key, size, new TreeMap<>(pages));
    }

    /** The disk at one moment. */
    record Frozen(String key, long size, TreeMap<Long, byte[]> pages) {

        DiskSource source(Optional<? extends SortedSet<Long>> since, Optional<UUID> base) {
            List<Range> allocated = ranges(pages.navigableKeySet());
            Optional<List<Range>> changes = since.map(this::ranges);
            Frozen frozen = this;
            return new DiskSource() {
                @Override
                public String key() {
                    return key;
                }

                @Override
                public long size() {
                    return size;
                }

                @Override
                public String format() {
                    return "raw";
                }

                @Override
                public void read(long offset, ByteBuffer into) {
                    into.put(frozen.read(offset, into.remaining()));
                }

                @Override
                public Iterator<Range> allocated() {
                    return allocated.iterator();
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

        private List<Range> ranges(SortedSet<Long> of) {
            List<Range> ranges = new ArrayList<>();
            for (long page : of) {
                long from = page * PAGE;
                if (from < size) {
                    long end = Math.min(size, from + PAGE);
                    boolean goesOn = !ranges.isEmpty() && ranges.getLast().end() == from;
                    long start = goesOn ? ranges.removeLast().offset() : from;
                    ranges.add(new Range(start, end - start));
                }
            }
            return ranges;
        }

        private byte[] read(long offset, int length) {
            byte[] bytes = new byte[length];
            for (long page = offset / PAGE; page * PAGE < offset + length; page++) {
                byte[] content = pages.get(page);
                if (content != null) {
                    long from = Math.max(offset, page * PAGE);
                    long to = Math.min(offset + length, (page + 1) * PAGE);
                    System.arraycopy(
                            content, (int) (from - page * PAGE), bytes, (int) (from - offset), (int) (to - from));
                }
            }
            return bytes;
        }

        /** Compares every page that was written, ranges anywhere, and what the point says is not zero. */
        void assertIn(DiskReader disk, Random random) {
            assertThat(disk.size()).isEqualTo(size);
            for (long page : pages.keySet()) {
                compare(disk, page * PAGE, (int) Math.min(PAGE, size - page * PAGE));
            }
            for (int i = 0; i < 30; i++) {
                long from = random.nextLong(size);
                compare(disk, from, (int) Math.min(size - from, 1 + random.nextInt(200_000)));
            }
            SortedSet<Long> told = new TreeSet<>();
            for (Range range : disk.allocated(0, size)) {
                for (long page = range.offset() / PAGE; page * PAGE < range.end(); page++) {
                    told.add(page);
                }
            }
            for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
                int length = (int) Math.min(PAGE, size - page.getKey() * PAGE);
                boolean zero = Arrays.equals(page.getValue(), 0, length, new byte[PAGE], 0, length);
                assertThat(told.remove(page.getKey()))
                        .as("page %d", page.getKey())
                        .isEqualTo(!zero);
            }
            assertThat(told).as("pages that were never written").isEmpty();
        }

        private void compare(DiskReader disk, long from, int length) {
            byte[] found = new byte[length];
            disk.read(from, ByteBuffer.wrap(found));
            int difference = Arrays.mismatch(found, read(from, length));
            assertThat(difference).as("first difference after %d", from).isEqualTo(-1);
        }
    }
}
