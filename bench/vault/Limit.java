import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The limit that stored bytes are held against: the distinct blocks of 4 KiB that are not zero, in the order of the disk, compressed by
 * zstd 3 in frames of 64. {@code java Limit.java DISK...} prints a number of bytes for each disk: what it has that none before it had.
 */
final class Limit {

    private static final int BLOCK = 4096;
    private static final int FRAME = 64 * BLOCK;

    public static void main(String[] disks) throws IOException, NoSuchAlgorithmException {
        Set<ByteBuffer> known = new HashSet<>();
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (String disk : disks) {
            System.out.println(fresh(disk, known, sha));
        }
    }

    private static long fresh(String disk, Set<ByteBuffer> known, MessageDigest sha) throws IOException {
        byte[] zero = new byte[BLOCK];
        byte[] chunk = new byte[1 << 20];
        byte[] frame = new byte[FRAME];
        int filled = 0;
        long bytes = 0;
        try (RandomAccessFile file = new RandomAccessFile(disk, "r")) {
            for (long at = 0; at < file.length(); at += chunk.length) {
                int length = (int) Math.min(chunk.length, file.length() - at);
                Arrays.fill(chunk, (byte) 0);
                file.readFully(chunk, 0, length);
                for (int block = 0; block < length; block += BLOCK) {
                    if (Arrays.equals(chunk, block, block + BLOCK, zero, 0, BLOCK)) {
                        continue;
                    }
                    sha.update(chunk, block, BLOCK);
                    if (known.add(ByteBuffer.wrap(sha.digest(), 0, 16).slice())) {
                        System.arraycopy(chunk, block, frame, filled, BLOCK);
                        filled += BLOCK;
                        if (filled == FRAME) {
                            bytes += Zstd.compress(frame, 3).length;
                            filled = 0;
                        }
                    }
                }
            }
        }
        return filled == 0 ? bytes : bytes + Zstd.compress(Arrays.copyOf(frame, filled), 3).length;
    }
}
