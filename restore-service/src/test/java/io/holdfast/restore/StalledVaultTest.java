package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.rest.RunnerApi;
import io.holdfast.nbd.NbdExport;
import io.holdfast.restore.app.ReadLedger;
import io.holdfast.restore.app.ServedPoints;
import io.holdfast.restore.app.VaultPool;
import io.holdfast.restore.domain.ExportToken;
import io.holdfast.restore.domain.TokenSeal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One store hangs; restores from another vault go on. */
class StalledVaultTest {

    private static final int READERS = 40;

    @TempDir
    Path folder;

    private final ScriptedServices services = new ScriptedServices();
    private final TokenSeal seal = new TokenSeal(new byte[32], new SecureRandom());
    private final WatchedDoor door = new WatchedDoor();

    private String name(VaultOfTwoDisks vault) {
        return seal.seal(new ExportToken(
                vault.id,
                MadePoint.VM,
                vault.point.id(),
                OptionalLong.of(vault.point.sequence()),
                "vdb",
                UUID.randomUUID(),
                Instant.MAX.minusSeconds(1)));
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aVaultWhoseStoreHangsDoesNotHoldUpRestoresFromAnother() throws Exception {
        VaultOfTwoDisks hanging = new VaultOfTwoDisks(folder.resolve("hanging"), services);
        VaultOfTwoDisks other = new VaultOfTwoDisks(folder.resolve("other"), services);
        services.onVaultAccess =
                id -> VaultOfTwoDisks.access(id, folder.resolve(id.equals(hanging.id) ? "hanging" : "other"));
        CountDownLatch answers = new CountDownLatch(1);
        door.beforeReadOf = id -> {
            if (id.equals(hanging.id)) {
                awaitQuietly(answers);
            }
        };
        var pool = new VaultPool(services.as(RunnerApi.class), door, 2, System::nanoTime);
        var points = new ServedPoints(seal, pool, new ReadLedger(), InstantSource.system());
        List<Thread> readers = new ArrayList<>();
        try (pool;
                NbdExport stalled = points.open(name(hanging));
                NbdExport served = points.open(name(other))) {
            for (int i = 0; i < READERS; i++) {
                readers.add(Thread.ofPlatform().daemon().start(() -> read(stalled)));
            }
            Awaitility.await().until(() -> readers.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
            assertThat(read(served)).isEqualTo(Arrays.copyOf(other.disk("vdb"), 4096));
            answers.countDown();
            for (Thread reader : readers) {
                reader.join();
            }
        }
    }

    private static byte[] read(NbdExport export) {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        try {
            export.read(0, bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return bytes.array();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
