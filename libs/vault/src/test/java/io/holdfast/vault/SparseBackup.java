package io.holdfast.vault;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;

/** A program for a JVM of its own: backs up a large sparse disk into a store that drops packs, prints peak memory. */
final class SparseBackup {

    private static final long PIECE = 1 << 20;

    private SparseBackup() {}

    public static void main(String[] arguments) throws Exception {
        long size = Long.parseLong(arguments[0]);
        long data = Long.parseLong(arguments[1]);
        ObjectStore store = new DroppingStore();
        try (Vault vault = Vault.create(store, Vaults.PASSPHRASE, Vaults.CHEAP)) {
            PointManifest point =
                    Vaults.backup(vault, Vaults.intent("job", Optional.empty()), new SparseDisk(size, data / PIECE));
            System.out.println("stored " + point.sizes().stored() + " read "
                    + point.sizes().read());
        }
        String status = Files.readString(Path.of("/proc/self/status"));
        System.out.println("peak " + status.replaceAll("(?s).*VmHWM:\\s*(\\d+) kB.*", "$1"));
    }

    private static final class DroppingStore extends ScriptedStore {
        @Override
        public PutResult putIfAbsent(ObjectKey key, byte[] body) {
            return key.value().startsWith("packs/") ? PutResult.CREATED : super.putIfAbsent(key, body);
        }
    }

    /** Pieces of 1 MiB, half noise, spread evenly over the disk. */
    private record SparseDisk(long size, long pieces) implements DiskSource {
        @Override
        public String key() {
            return "vda";
        }

        @Override
        public String format() {
            return "raw";
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            Random random = new Random(offset);
            while (into.remaining() >= 8) {
                into.putLong(random.nextLong() & 0xffff_ffffL);
            }
        }

        @Override
        public Iterator<Range> allocated() {
            long step = size / pieces / PIECE * PIECE;
            return LongStream.range(0, pieces)
                    .mapToObj(piece -> new Range(piece * step, PIECE))
                    .iterator();
        }

        @Override
        public Optional<String> fullReason() {
            return Optional.of("the first of its chain");
        }
    }
}
