package io.holdfast.systemtests.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Commands of qemu-io as a guest's disk would see them: writes, zeroes written, zeroes declared (kept or unmapped), discards
 * and trims, large and small, aligned and not, and at the disk's odd end.
 */
final class RandomWrites {

    private static final int SECTOR = 512;
    private static final int CLUSTER = 64 << 10;
    private static final long LARGEST = 2L << 20;
    private static final int FILES = 3;

    private final Random random;
    private final List<Path> noise;

    /** {@code noise}: files of bytes that nothing repeats, so that what lands in a wrong place is seen. */
    RandomWrites(Random random, List<Path> noise) {
        this.random = random;
        this.noise = noise;
    }

    /** Makes some of them in a folder; each is as long as the longest write. */
    static List<Path> noise(Random random, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        byte[] bytes = new byte[(int) LARGEST];
        for (int i = 0; i < FILES; i++) {
            random.nextBytes(bytes);
            files.add(Files.write(folder.resolve("noise" + i), bytes));
        }
        return List.copyOf(files);
    }

    /** A command for a disk of that many bytes. */
    String next(long diskBytes) {
        Range range = range(diskBytes);
        String where = range.offset + " " + range.length;
        return switch (random.nextInt(10)) {
            case 0 -> "write -P " + (1 + random.nextInt(255)) + " " + where;
            case 1, 2, 3 -> "write -s " + noise.get(random.nextInt(noise.size())) + " " + where;
            // Not the same as the next two: bytes that happen to be zero.
            case 4 -> "write -P 0 " + where;
            case 5 -> "write -z " + where;
            case 6 -> "write -z -u " + where;
            default -> "discard " + where;
        };
    }

    private record Range(long offset, long length) {}

    private Range range(long disk) {
        long unit = random.nextInt(3) == 0 ? CLUSTER : random.nextBoolean() ? 4096 : SECTOR;
        long length =
                unit * (1 + random.nextInt((int) Math.max(1, (random.nextInt(4) == 0 ? LARGEST : 4 * CLUSTER) / unit)));
        length = Math.min(length, disk);
        if (random.nextInt(8) == 0) {
            // The end, which is no multiple of a cluster.
            return new Range(disk - length, length);
        }
        long offset = random.nextLong(disk / unit + 1) * unit;
        offset = Math.min(offset, disk - SECTOR);
        return new Range(offset, Math.min(length, disk - offset));
    }
}
