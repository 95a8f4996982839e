import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The data of the measurements, the same for the same seed.
 *
 * <pre>
 * java MakeDisk.java files FOLDER MIB SEED       files of so many MiB in all, for mkfs.ext4 -d
 * java MakeDisk.java change DISK SEED PAGES MIB  random 8 KiB pages among the disk's data rewritten, and MiB of new data after it
 * </pre>
 */
final class MakeDisk {

    private static final int MIB = 1 << 20;
    private static final int PAGE = 8192;

    public static void main(String[] arguments) throws IOException {
        long seed = Long.parseLong(arguments[arguments[0].equals("files") ? 3 : 2]);
        switch (arguments[0]) {
            case "files" -> files(Path.of(arguments[1]), Integer.parseInt(arguments[2]), new SplittableRandom(seed));
            case "change" -> change(
                    Path.of(arguments[1]),
                    Integer.parseInt(arguments[3]),
                    Integer.parseInt(arguments[4]),
                    new SplittableRandom(seed));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** Many small files and some large ones: text, records as of a database, and what does not compress. */
    private static void files(Path folder, int mib, SplittableRandom random) throws IOException {
        long left = (long) mib * MIB;
        for (int number = 0; left > 0; number++) {
            // From 4 KiB to 32 MiB, small ones most often.
            int size = (int) Math.min(left, (4 << 10) << random.nextInt(14) >>> random.nextInt(3));
            Path file = folder.resolve("d" + number % 97).resolve("f" + number);
            Files.createDirectories(file.getParent());
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), MIB)) {
                out.write(content(random.nextInt(100), size, random.split()));
            }
            left -= size;
        }
    }

    private static byte[] content(int kind, int size, SplittableRandom random) {
        byte[] bytes = new byte[size];
        if (kind < 30) {
            random.nextBytes(bytes);
        } else if (kind < 70) {
            text(bytes, random);
        } else {
            records(bytes, random);
        }
        return bytes;
    }

    /** Words of a vocabulary of 20,000, the frequent ones much more often. */
    private static void text(byte[] into, SplittableRandom random) {
        int at = 0;
        while (at < into.length) {
            double share = random.nextDouble();
            int word = (int) (20_000 * share * share * share);
            SplittableRandom letters = new SplittableRandom(word);
            int length = 2 + letters.nextInt(9);
            for (int i = 0; i < length && at < into.length; i++) {
                into[at++] = (byte) ('a' + letters.nextInt(26));
            }
            if (at < into.length) {
                into[at++] = (byte) (random.nextInt(12) == 0 ? '\n' : ' ');
            }
        }
    }

    /** Rows of 128 bytes: a counter, a few random fields, a name, blanks. */
    private static void records(byte[] into, SplittableRandom random) {
        for (int row = 0; row * 128 < into.length; row++) {
            String name = String.format("%08d customer-%05d ", row, random.nextInt(100_000));
            byte[] fields = new byte[48];
            random.nextBytes(fields);
            byte[] head = name.getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 128 && row * 128 + i < into.length; i++) {
                into[row * 128 + i] = i < head.length ? head[i] : i < head.length + 48 ? fields[i - head.length] : (byte) ' ';
            }
        }
    }

    private static void change(Path disk, int pages, int mib, SplittableRandom random) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            long end = lastData(file);
            byte[] page = new byte[PAGE];
            byte[] there = new byte[PAGE];
            for (int done = 0; done < pages; ) {
                long at = random.nextLong(end / PAGE) * PAGE;
                file.seek(at);
                file.readFully(there);
                if (!isZero(there)) {
                    page = content(30 + random.nextInt(70), PAGE, random.split());
                    file.seek(at);
                    file.write(page);
                    done++;
                }
            }
            file.seek((end / MIB + 1) * MIB);
            for (int i = 0; i < mib; i++) {
                file.write(content(random.nextInt(100), MIB, random.split()));
            }
        }
    }

    /** About where the data ends: the last MiB of the first half of the disk that is not zero. */
    private static long lastData(RandomAccessFile file) throws IOException {
        byte[] bytes = new byte[MIB];
        for (long at = file.length() / 2 / MIB * MIB; at > 0; at -= MIB) {
            file.seek(at);
            file.readFully(bytes);
            if (!isZero(bytes)) {
                return at + MIB;
            }
        }
        throw new IOException("the disk is empty");
    }

    private static boolean isZero(byte[] bytes) {
        for (byte one : bytes) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }
}
