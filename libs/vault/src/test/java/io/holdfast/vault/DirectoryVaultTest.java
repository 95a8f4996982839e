package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.directory.DirectoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vault in a directory, as {@code file:} vaults are. */
class DirectoryVaultTest {

    @TempDir
    Path folder;

    @Test
    void aVaultInADirectoryIsOpenedAgainAndReadByManyThreads() throws Exception {
        ModelDisk disk = Vaults.disk("vda", (3 << 20) + 77, 21);
        PointManifest last;
        try (ObjectStore store = DirectoryObjectStore.create(folder.resolve("vault"), InstantSource.system());
                Vault vault = Vaults.create(store)) {
            PointManifest full = Vaults.full(vault, "full", disk);
            disk.mutate(new Random(1));
            last = Vaults.incremental(vault, "incremental", full, disk);
        }
        try (ObjectStore store = DirectoryObjectStore.open(folder.resolve("vault"), InstantSource.system());
                Vault vault = Vault.open(store, Vaults.PASSPHRASE)) {
            assertThat(vault.vms()).containsExactly("vm-1");
            assertThat(vault.points("vm-1")).hasSize(2).last().isEqualTo(last);
            assertThat(vault.preflight(last).ok()).isTrue();
            assertThat(vault.checkChain("vm-1", Optional.of(last.head())).findings())
                    .isEmpty();
            DiskReader reader = vault.open(last).disk("vda");
            List<Future<?>> readers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 8; i++) {
                    Random random = new Random(i);
                    readers.add(threads.submit(() -> readAtRandom(reader, random, disk.bytes)));
                }
            }
            for (Future<?> read : readers) {
                read.get();
            }
        }
    }

    private static void readAtRandom(DiskReader reader, Random random, byte[] expected) {
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(expected.length);
            int length = Math.min(expected.length - from, random.nextInt(100_000));
            ByteBuffer into = ByteBuffer.allocate(length);
            reader.read(from, into);
            assertThat(into.array()).isEqualTo(Arrays.copyOfRange(expected, from, from + length));
        }
    }
}
