package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.jobs.JobContext;
import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.restore.app.DamageLedger;
import io.holdfast.restore.app.ExportNames;
import io.holdfast.restore.app.Restore;
import io.holdfast.restore.app.ServedPoints;
import io.holdfast.restore.app.VaultPool;
import io.holdfast.restore.domain.ExportToken;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.restore.nbd.PointServer;
import io.holdfast.restore.vault.EngineDoor;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.vault.PointManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Restores from a real vault; the hypervisor is qemu-img, which pulls over NBD. */
@Timeout(120)
class RestoreTest {

    @TempDir
    Path folder;

    private final ScriptedServices services = new ScriptedServices();
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
    private final TokenSeal seal = new TokenSeal(new byte[32], new SecureRandom());
    private final DamageLedger ledger = new DamageLedger();
    private final VaultPool vaults = new VaultPool(services.as(RunnerApi.class), new EngineDoor(), 2, System::nanoTime);
    private final Map<String, byte[]> disks = new LinkedHashMap<>();
    private final UUID vaultId = UUID.randomUUID();
    private volatile boolean cancelled;

    @SuppressWarnings("NullAway.Init")
    private PointServer server;

    @SuppressWarnings("NullAway.Init")
    private PointManifest point;

    @SuppressWarnings("NullAway.Init")
    private Restore restore;

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
        restore = new Restore(services.as(SnapshotServiceApi.class), vaults, names, ledger, pause);
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

    private TargetInfo target(State state, @Nullable String detail) {
        return new TargetInfo(
                new UUID(0, 1),
                1,
                state,
                "lab",
                "web2",
                state == State.FINISHED ? "id-2" : null,
                List.of(),
                List.of(),
                detail,
                Instant.MAX);
    }

    private TargetInfo pull(FillTarget fill) {
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

    private JobSpec.Restore spec(List<String> keys) {
        return new JobSpec.Restore(point.id(), vaultId, "lab", MadePoint.VM, "web2", false, null, null, keys, true);
    }

    private LeasedJob job(List<String> keys) {
        return new LeasedJob(UUID.randomUUID(), 3, 30, spec(keys), List.of());
    }

    private final JobContext context = new JobContext() {
        @Override
        public void progress(Progress progress) {}

        @Override
        public boolean cancelRequested() {
            return cancelled;
        }

        @Override
        public long fencing() {
            return 3;
        }

        @Override
        public void onLeaseLost(Runnable action) {}
    };

    private void damagePacks() throws IOException {
        try (var files = Files.walk(folder.resolve("v"))) {
            for (Path pack : files.filter(
                            f -> Files.isRegularFile(f) && f.toString().contains("pack"))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(pack);
                bytes[bytes.length / 3] ^= 1;
                Files.delete(pack);
                Files.write(pack, bytes);
            }
        }
    }

    private void removePacks() throws IOException {
        try (var files = Files.walk(folder.resolve("v"))) {
            for (Path pack : files.filter(
                            f -> Files.isRegularFile(f) && f.toString().contains("pack"))
                    .toList()) {
                Files.delete(pack);
            }
        }
    }

    @Test
    void everyDiskIsPulledByteForByteAndTheTargetFinished() throws Exception {
        var result = restore.run(job(List.of()), context);
        for (var disk : disks.entrySet()) {
            byte[] pulled = Files.readAllBytes(folder.resolve(disk.getKey() + ".out"));
            assertThat(pulled).as(disk.getKey()).isEqualTo(disk.getValue());
        }
        assertThat(result.path("vmId").asText()).isEqualTo("id-2");
        assertThat(result.path("vmName").asText()).isEqualTo("web2");
        assertThat(result.path("bytes").asLong()).isEqualTo((12L << 20) + 512);
        assertThat(services.finished).singleElement().matches(f -> f.start() && f.fencing() == 3);
        assertThat(services.aborted).isEmpty();
        var wanted = services.opened.getFirst().disks();
        assertThat(wanted).extracting(d -> d.key()).containsExactly("vda", "vdb");
        assertThat(wanted.getFirst().dataBytes()).isBetween(7L << 20, 9L << 20);
    }

    @Test
    void onlyTheChosenDiskIsRestored() throws Exception {
        restore.run(job(List.of("vdb")), context);
        assertThat(services.opened.getFirst().disks()).extracting(d -> d.key()).containsExactly("vdb");
        assertThat(folder.resolve("vda.out")).doesNotExist();
    }

    @Test
    void aDiskThatThePointHasNotIsRefusedBeforeAnythingIsTouched() {
        assertThatThrownBy(() -> restore.run(job(List.of("vdz")), context))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_NOT_FOUND));
        assertThat(services.opened).isEmpty();
    }

    @Test
    void aMissingPackIsNamedBeforeAnythingIsTouched() throws Exception {
        removePacks();
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.POINT_DAMAGED);
            assertThat(e.detail()).contains("pack");
        });
        assertThat(services.opened).isEmpty();
    }

    @Test
    void aBlockThatDoesNotAuthenticateFailsTheJobAndNeverFinishes() throws Exception {
        damagePacks();
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.POINT_DAMAGED);
            assertThat(e.detail()).containsIgnoringCase("disk vd").containsIgnoringCase("bytes");
        });
        assertThat(services.finished).isEmpty();
        assertThat(services.aborted).hasSize(1);
        assertThat(ledger.total()).isPositive();
    }

    @Test
    void aHypervisorThatHidesTheErrorIsNotBelieved() throws Exception {
        damagePacks();
        services.onFill = fill -> {
            pull(fill);
            services.onTarget = () -> target(State.FILLED, null);
            return target(State.FILLED, null);
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POINT_DAMAGED));
        assertThat(services.finished).isEmpty();
    }

    @Test
    void aPullThatBrokeIsBegunAnew() throws Exception {
        var tries = new AtomicInteger();
        services.onFill = fill -> tries.incrementAndGet() < 3 ? target(State.FAILED, "broken pipe") : pull(fill);
        restore.run(job(List.of()), context);
        assertThat(tries).hasValue(3);
        assertThat(services.finished).hasSize(1);
    }

    @Test
    void aPullThatBreaksForMoreThanAMinuteIsBegunAnewAndItsTargetRenewedMeanwhile() throws Exception {
        var nanos = new AtomicLong();
        MonotonicClock fast = new MonotonicClock() {
            @Override
            public void pause(Duration duration) {
                nanos.addAndGet(duration.toNanos());
            }

            @Override
            public long nanos() {
                return nanos.get();
            }
        };
        var names = new ExportNames(seal, server, InstantSource.system(), Duration.ofHours(1));
        var patient = new Restore(services.as(SnapshotServiceApi.class), vaults, names, ledger, fast);
        var renewed = new AtomicInteger();
        services.onTarget = () -> target(State.FAILED, "renewal " + renewed.incrementAndGet());
        services.onFill = fill ->
                nanos.get() < Duration.ofSeconds(70).toNanos() ? target(State.FAILED, "broken pipe") : pull(fill);
        patient.run(job(List.of()), context);
        assertThat(renewed).hasValueGreaterThanOrEqualTo(5);
        assertThat(services.finished).hasSize(1);
    }

    @Test
    void aSnapshotServiceThatRestartsAtEveryRequestIsWaitedFor() throws Exception {
        var calls = new AtomicInteger();
        services.onOpenTarget = request -> unless(calls, target(State.PREPARED, null));
        services.onFill = fill -> unless(calls, pull(fill));
        services.onFinish = () -> unless(calls, target(State.FINISHED, null));
        restore.run(job(List.of()), context);
        assertThat(services.opened).hasSize(2);
        assertThat(services.finished).hasSize(2);
    }

    /** Every other call is not answered. */
    private static TargetInfo unless(AtomicInteger calls, TargetInfo answer) {
        if (calls.getAndIncrement() % 2 == 0) {
            throw new IllegalStateException("Connection refused");
        }
        return answer;
    }

    @Test
    void aTargetThatAnEarlierAttemptFinishedIsTheResult() throws Exception {
        services.onOpenTarget = request -> target(State.FINISHED, null);
        assertThat(restore.run(job(List.of()), context).path("vmId").asText()).isEqualTo("id-2");
        assertThat(services.finished).isEmpty();
    }

    @Test
    void aCancelledRestoreLeavesNoTarget() {
        services.onFill = fill -> target(State.FILLING, null);
        services.onTarget = () -> {
            cancelled = true;
            Thread.currentThread().interrupt();
            return target(State.FILLING, null);
        };
        LeasedJob job = job(List.of());
        assertThatThrownBy(() -> restore.run(job, context)).isInstanceOf(InterruptedException.class);
        assertThat(services.aborted).containsExactly(job.job());
        boolean _ = Thread.interrupted();
    }

    @Test
    void anInterruptedRestoreLeavesItsTargetToTheNextAttempt() {
        services.onFill = fill -> target(State.FILLING, null);
        services.onTarget = () -> {
            Thread.currentThread().interrupt();
            return target(State.FILLING, null);
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(InterruptedException.class);
        assertThat(services.aborted).isEmpty();
        boolean _ = Thread.interrupted();
    }

    @Test
    void aFencedAttemptTouchesNothing() {
        services.onOpenTarget = request -> {
            throw new ApiException(ErrorCode.FENCED, "Another attempt.");
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(ApiException.class);
        assertThat(services.aborted).isEmpty();
    }

    private byte[] disk(String key) {
        return java.util.Objects.requireNonNull(disks.get(key));
    }

    // ----- export names

    private NbdClient connect(String name) {
        return NbdClient.connect(new NbdAddress.Unix(folder.resolve("s")), name, NbdClientOptions.defaults());
    }

    private ExportToken token(String disk, Instant expires) {
        return new ExportToken(vaultId, MadePoint.VM, point.id(), disk, UUID.randomUUID(), expires);
    }

    @Test
    void aSealedNameIsServedWithItsHoles() {
        try (var client = connect(seal.seal(token("vdb", Instant.now().plusSeconds(60))))) {
            assertThat(client.size()).isEqualTo(disk("vdb").length);
            var bytes = ByteBuffer.allocate(1024);
            client.read(client.size() - 1024, bytes);
            assertThat(bytes.array())
                    .isEqualTo(java.util.Arrays.copyOfRange(disk("vdb"), (3 << 20) - 512, (3 << 20) + 512));
        }
    }

    @Test
    void namesThatAreExpiredForgedOrOfNothingAreRefused() {
        Instant later = Instant.now().plusSeconds(60);
        var foreign = new byte[32];
        foreign[0] = 1;
        String good = seal.seal(token("vda", later));
        List<String> bad = List.of(
                "vda",
                seal.seal(token("vda", Instant.now().minusSeconds(1))),
                seal.seal(token("vdz", later)),
                new TokenSeal(foreign, new SecureRandom()).seal(token("vda", later)),
                good.substring(0, good.length() - 2));
        for (String name : bad) {
            assertThatThrownBy(() -> connect(name).close())
                    .isInstanceOfSatisfying(
                            NbdException.class, e -> assertThat(e.kind()).isEqualTo(NbdException.Kind.REFUSED));
        }
    }

    @Test
    void vaultsAreSharedBoundedAndClosedWhenIdle() {
        try (var first = vaults.acquire(vaultId);
                var same = vaults.acquire(vaultId)) {
            assertThat(same.vault()).isSameAs(first.vault());
            try (var second = vaults.acquire(UUID.randomUUID())) {
                assertThat(second.vault()).isNotSameAs(first.vault());
                assertThatThrownBy(() -> vaults.acquire(UUID.randomUUID()))
                        .isInstanceOfSatisfying(
                                ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
            }
            vaults.closeIdle(Duration.ZERO);
            assertThat(vaults.size()).isEqualTo(1);
        }
        vaults.closeIdle(Duration.ZERO);
        assertThat(vaults.size()).isZero();
    }
}
