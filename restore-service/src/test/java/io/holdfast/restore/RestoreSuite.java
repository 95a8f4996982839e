package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.jobs.JobContext;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.restore.app.ExportNames;
import io.holdfast.restore.app.ReadLedger;
import io.holdfast.restore.app.Restore;
import io.holdfast.restore.app.ServedPoints;
import io.holdfast.restore.app.VaultPool;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.restore.nbd.PointServer;
import io.holdfast.restore.vault.EngineDoor;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.vault.PointManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Restores from a real vault; the hypervisor is qemu-img, which pulls over NBD. */
@Timeout(120)
abstract class RestoreSuite {

    @TempDir
    Path folder;

    final ScriptedServices services = new ScriptedServices();
    private final MonotonicClock pause = new MonotonicClock() {
        @Override
        public void pause(Duration duration) throws InterruptedException {
            MonotonicClock.system().pause(Duration.ofMillis(20));
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };
    final TokenSeal seal = new TokenSeal(new byte[32], new SecureRandom());
    final ReadLedger ledger = new ReadLedger();
    final VaultPool vaults = new VaultPool(services.as(RunnerApi.class), new EngineDoor(8 << 20), 2, System::nanoTime);
    final Map<String, byte[]> disks = new LinkedHashMap<>();
    final UUID vaultId = UUID.randomUUID();
    volatile boolean cancelled;
    volatile JobEnd.@Nullable Made lastMade;

    @SuppressWarnings("NullAway.Init")
    PointServer server;

    @SuppressWarnings("NullAway.Init")
    private PointManifest point;

    @SuppressWarnings("NullAway.Init")
    Restore restore;

    @BeforeEach
    void aVaultWithOnePoint() throws Exception {
        disks.put("vda", content(1, 9 << 20));
        // Not a multiple of the vault's block size.
        disks.put("vdb", content(2, (3 << 20) + 512));
        try (var store = DirectoryObjectStore.create(folder.resolve("v"), InstantSource.system())) {
            point = MadePoint.in(store, disks);
        }
        services.onVaultAccess =
                id -> new VaultAccess(id, "main", "file://" + folder.resolve("v"), null, null, null, "passphrase");
        var exports = new ServedPoints(seal, vaults, ledger, InstantSource.system());
        server = PointServer.listen(folder.resolve("s"), Optional.empty(), exports, NbdServerOptions.defaults());
        var names = new ExportNames(seal, server, InstantSource.system(), Duration.ofHours(1));
        restore = new Restore(
                services.as(SnapshotServiceApi.class), vaults, names, ledger, pause, Duration.ofMinutes(10));
        services.onOpenTarget = request -> target(State.PREPARED, null);
        services.onFill = this::pull;
        services.onFinish = () -> target(State.FINISHED, null);
    }

    @AfterEach
    void close() {
        server.close();
        vaults.close();
    }

    /** Random bytes with a hole in the middle. */
    private static byte[] content(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        java.util.Arrays.fill(bytes, size / 3, size / 2, (byte) 0);
        return bytes;
    }

    TargetInfo target(State state, @Nullable String detail) {
        return target(state, false, null, detail);
    }

    /** Filled, and an earlier attempt has begun to finish it. */
    TargetInfo finishing() {
        return target(State.FILLED, true, null, null);
    }

    /** Filling failed with this. */
    static TargetInfo failed(ErrorCode code, String detail) {
        return target(State.FAILED, false, code.wire(), detail);
    }

    private static TargetInfo target(State state, boolean finishing, @Nullable String code, @Nullable String detail) {
        return new TargetInfo(
                new UUID(0, 1),
                1,
                state,
                finishing,
                "lab",
                "web2",
                state == State.FINISHED ? "id-2" : null,
                List.of(),
                List.of(),
                code,
                detail,
                Instant.MAX);
    }

    TargetInfo pull(FillTarget fill) {
        for (var disk : fill.from().entrySet()) {
            if (!convert(disk.getValue(), folder.resolve(disk.getKey() + ".out"))) {
                services.onTarget = () -> target(State.FAILED, "Input/output error");
                return target(State.FILLING, null);
            }
        }
        services.onTarget = () -> target(State.FILLED, null);
        return target(State.FILLING, null);
    }

    private static boolean convert(NbdEndpoint from, Path out) {
        var unix = (NbdEndpoint.Unix) from;
        String url = "nbd+unix:///" + unix.exportName() + "?socket=" + unix.socket();
        try {
            Process process = new ProcessBuilder("qemu-img", "convert", "-f", "raw", "-O", "raw", url, out.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return process.exitValue() == 0;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    JobSpec.Restore spec(List<String> keys) {
        return new JobSpec.Restore(
                point.id(), vaultId, "lab", MadePoint.VM, "web2", false, null, null, keys, true, null);
    }

    LeasedJob job(List<String> keys) {
        return new LeasedJob(UUID.randomUUID(), 3, 30, spec(keys), List.of());
    }

    final JobContext context = new JobContext() {
        @Override
        public void progress(Progress progress) {}

        @Override
        public boolean cancelRequested() {
            return cancelled;
        }

        @Override
        public void made(JobEnd.Made made) {
            lastMade = made;
        }

        @Override
        public void check() throws InterruptedException {
            if (cancelled) {
                throw new InterruptedException();
            }
        }

        @Override
        public long fencing() {
            return 3;
        }

        @Override
        public void onLeaseLost(Runnable action) {}
    };
}
