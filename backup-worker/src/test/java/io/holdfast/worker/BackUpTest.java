package io.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.jobs.JobContext;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import io.holdfast.worker.app.AddVault;
import io.holdfast.worker.app.BackUp;
import io.holdfast.worker.app.ViewOpener;
import io.holdfast.worker.nbd.NbdDisks;
import io.holdfast.worker.vault.EngineDoor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups of a real qcow2 image, served by qemu-nbd, into a vault in a directory. */
@Timeout(120)
class BackUpTest {

    private static final long SIZE = 24 << 20;
    private static final String VM = "vm-1";

    @TempDir
    Path folder;

    private final ScriptedServices services = new ScriptedServices();
    private final EngineDoor door = new EngineDoor();
    private final ObjectMapper json = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
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
    private final BackUp backUp = new BackUp(
            services.as(RunnerApi.class),
            services.as(SnapshotServiceApi.class),
            door,
            new NbdDisks(Optional.empty()),
            new ViewOpener(services.as(SnapshotServiceApi.class), pause, Duration.ofSeconds(30)),
            pause,
            json);
    private final UUID vaultId = UUID.randomUUID();
    private Path image = Path.of("");
    private Path socket = Path.of("");

    @BeforeEach
    void aVaultAndADisk() throws Exception {
        image = folder.resolve("disk.qcow2");
        socket = folder.resolve("s");
        services.onVaultAccess = id -> new VaultAccess(
                id,
                "main",
                folder.resolve("vault").toUri().toString().replaceAll("/$", ""),
                null,
                null,
                null,
                "passphrase");
        new AddVault(services.as(RunnerApi.class), door)
                .run(
                        new LeasedJob(UUID.randomUUID(), 1, 30, new JobSpec.VaultAdd(vaultId), List.of()),
                        context(p -> {}));
        Qemu.run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), Long.toString(SIZE));
        Qemu.io(image, "write -P 1 0 3M", "write -P 2 5M 64k", "write -P 3 20M 100k", "write -P 4 23M 1M");
    }

    private static JobContext context(Consumer<Progress> heard) {
        return new JobContext() {
            @Override
            public void progress(Progress progress) {
                heard.accept(progress);
            }

            @Override
            public boolean cancelRequested() {
                return false;
            }

            @Override
            public long fencing() {
                return 1;
            }

            @Override
            public void onLeaseLost(Runnable action) {}
        };
    }

    private LeasedJob job(BackupKind kind, UUID... bases) {
        var spec = new JobSpec.Backup("lab", VM, "web", vaultId, UUID.randomUUID(), kind, Consistency.CRASH);
        return new LeasedJob(UUID.randomUUID(), 1, 30, spec, List.of(bases));
    }

    private ViewInfo view(OpenView request, @Nullable String context, @Nullable UUID base) {
        var disk = new ViewInfo.ViewDisk(
                "vda", SIZE, "qcow2", new NbdEndpoint.Unix(socket.toString(), "disk0"), context, base, null);
        return new ViewInfo(
                request.job(),
                new UUID(1, request.job().getLeastSignificantBits()),
                request.fencing(),
                "lab",
                VM,
                "web",
                Instant.parse("2026-05-01T10:00:00Z"),
                Consistency.CRASH,
                "running",
                "<domain/>",
                List.of(disk),
                List.of("No TPM."),
                Instant.parse("2026-05-01T11:00:00Z"));
    }

    private PointInfo full() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            return json.treeToValue(backUp.run(job(BackupKind.FULL), context(p -> {})), PointInfo.class);
        }
    }

    private byte[] restored(UUID point) throws Exception {
        try (var store = DirectoryObjectStore.open(folder.resolve("vault"), InstantSource.system());
                var passphrase = Passphrase.of("passphrase");
                var vault = Vault.open(store, passphrase)) {
            PointManifest manifest = vault.point(point, VM).orElseThrow();
            var bytes = ByteBuffer.allocate((int) SIZE);
            for (int at = 0; at < SIZE; at += 256 << 10) {
                vault.open(manifest).disk("vda").read(at, bytes.slice(at, 256 << 10));
            }
            return bytes.array();
        }
    }

    private int points() throws Exception {
        try (var store = DirectoryObjectStore.open(folder.resolve("vault"), InstantSource.system());
                var passphrase = Passphrase.of("passphrase");
                var vault = Vault.open(store, passphrase)) {
            return vault.points(VM).size();
        }
    }

    @Test
    void aFullBackupHoldsEveryByteAndReadsOnlyWhatIsAllocated() throws Exception {
        PointInfo point = full();
        assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
        assertThat(point.readBytes()).isBetween(4L << 20, 6L << 20);
        assertThat(point.vault()).isEqualTo("main");
        assertThat(point.notes()).contains("No TPM.");
        assertThat(point.kind()).isEqualTo(BackupKind.FULL);
    }

    @Test
    void anIncrementalHoldsWritesZeroesAndDiscards() throws Exception {
        PointInfo base = full();
        byte[] before = Qemu.content(image);
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", image.toString(), "b0");
        Qemu.io(
                image,
                "write -P 9 1M 64k",
                "write -z 2M 128k",
                "discard 5M 64k",
                "write -P 7 10M 4k",
                "write -z 23M 1M");
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:b0", base.id());
        PointInfo point;
        try (var _ = Qemu.serve(image, socket, List.of("-B", "b0"))) {
            JsonNode result = backUp.run(job(BackupKind.INCREMENTAL, UUID.randomUUID(), base.id()), context(p -> {}));
            point = json.treeToValue(result, PointInfo.class);
        }
        assertThat(services.opened.getLast().bases()).containsExactly(base.id());
        byte[] after = Qemu.content(image);
        assertThat(after).isNotEqualTo(before);
        assertThat(restored(point.id())).isEqualTo(after);
        assertThat(restored(base.id())).isEqualTo(before);
        assertThat(point.kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertThat(point.base()).isEqualTo(base.id());
        assertThat(point.readBytes()).isLessThan(1 << 20);
    }

    @Test
    void aDirtyBitmapThatIsNotOfferedMeansAFullReadThatSaysSo() throws Exception {
        PointInfo base = full();
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:gone", base.id());
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JsonNode result = backUp.run(job(BackupKind.INCREMENTAL, base.id()), context(p -> {}));
            PointInfo point = json.treeToValue(result, PointInfo.class);
            assertThat(point.disks().getFirst().read()).isEqualTo("full");
            assertThat(point.disks().getFirst().fullReason()).contains("did not offer");
            assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6})
    void anAttemptInterruptedAtAnyStepIsFollowedByOneThatMakesTheOnePoint(int step) throws Exception {
        services.onOpenView = request -> view(request, null, null);
        LeasedJob job = job(BackupKind.FULL);
        Thread attempt = Thread.currentThread();
        var steps = new AtomicInteger();
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JobContext interrupting = context(p -> {
                if (steps.incrementAndGet() == step) {
                    attempt.interrupt();
                }
            });
            long started = System.nanoTime();
            assertThatThrownBy(() -> backUp.run(job, interrupting)).isInstanceOf(Exception.class);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
            boolean wasSet = Thread.interrupted();
            assertThat(steps.get()).as("interrupted flag left: %s", wasSet).isGreaterThanOrEqualTo(step);
            assertThat(points()).isZero();
            PointInfo point = json.treeToValue(backUp.run(job, context(p -> {})), PointInfo.class);
            assertThat(points()).isEqualTo(1);
            assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
        }
    }

    @Test
    void aPointThatIsCommittedAlreadyIsAdoptedWithoutAView() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        LeasedJob job = job(BackupKind.FULL);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JsonNode first = backUp.run(job, context(p -> {}));
            services.onOpenView = request -> {
                throw new AssertionError("no view is needed");
            };
            assertThat(backUp.run(job, context(p -> {}))).isEqualTo(first);
        }
        assertThat(points()).isEqualTo(1);
    }

    @Test
    void aViewThatIsLostWhileItIsReadEndsTheAttemptRetryably() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        services.onRenew = () -> {
            throw new ApiException(ErrorCode.VIEW_LOST, "Freed.");
        };
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JobContext slow = context(p -> {
                while (p.phase().equals("read") && !Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            });
            assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), slow))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VIEW_LOST));
        }
        assertThat(Thread.interrupted()).isFalse();
        assertThat(points()).isZero();
    }

    @Test
    void nothingIsCommittedWhenTheViewWasLostBeforeTheLastRead() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        services.onObserve = () -> {
            throw new ApiException(ErrorCode.VIEW_LOST, "Ended.");
        };
        LeasedJob job = job(BackupKind.FULL);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            assertThatThrownBy(() -> backUp.run(job, context(p -> {})))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VIEW_LOST));
            assertThat(points()).isZero();
            var looks = new AtomicInteger();
            services.onObserve = () -> {
                if (looks.incrementAndGet() == 1) {
                    throw new ApiException(ErrorCode.UNAVAILABLE, "Restarting.");
                }
            };
            backUp.run(job, context(p -> {}));
            assertThat(looks.get()).isEqualTo(2);
        }
        assertThat(points()).isEqualTo(1);
    }

    @Test
    void aReadThatFailedBecauseScratchRanFullSaysThat() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        services.onRenew = () -> {
            throw new ApiException(ErrorCode.SCRATCH_FULL, "The scratch limit was reached.");
        };
        assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), context(p -> {})))
                .isInstanceOfSatisfying(ApiException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SCRATCH_FULL);
                    assertThat(e.detail()).startsWith("The scratch limit was reached");
                });
        assertThat(points()).isZero();
    }

    @Test
    void theResultNamesTheMomentThatWasCommittedAlsoWhenAnEarlierAttemptsPointIsAdopted() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        LeasedJob job = job(BackupKind.FULL);
        String moment = new UUID(1, job.job().getLeastSignificantBits()).toString();
        try (var _ = Qemu.serve(image, socket, List.of())) {
            assertThat(backUp.run(job, context(p -> {})).path("moment").asText())
                    .isEqualTo(moment);
            assertThat(backUp.run(job, context(p -> {})).path("moment").asText())
                    .isEqualTo(moment);
        }
    }

    @Test
    void thePointNamesTheBaseThatItsDisksWereReadAgainst() throws Exception {
        PointInfo older = full();
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", image.toString(), "b0");
        Qemu.io(image, "write -P 9 1M 64k");
        PointInfo newer = full();
        Qemu.io(image, "write -P 8 2M 64k");
        // The newer point's checkpoint is not there any more, so that changes count from the older one.
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:b0", older.id());
        PointInfo point;
        try (var _ = Qemu.serve(image, socket, List.of("-B", "b0"))) {
            JsonNode result = backUp.run(job(BackupKind.INCREMENTAL, newer.id(), older.id()), context(p -> {}));
            point = json.treeToValue(result, PointInfo.class);
        }
        assertThat(point.kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertThat(point.base()).isEqualTo(older.id());
        assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
    }

    @Test
    void aBusyVmIsWaitedFor() throws Exception {
        var tries = new AtomicInteger();
        services.onOpenView = request -> {
            if (tries.incrementAndGet() < 3) {
                throw new ApiException(ErrorCode.VM_BUSY, "Another view is open.");
            }
            return view(request, null, null);
        };
        try (var _ = Qemu.serve(image, socket, List.of())) {
            backUp.run(job(BackupKind.FULL), context(p -> {}));
        }
        assertThat(services.opened).hasSize(3);
    }

    @Test
    void aSnapshotServiceThatRestartsIsWaitedFor() throws Exception {
        var tries = new AtomicInteger();
        services.onOpenView = request -> {
            if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("Connection refused");
            }
            return view(request, null, null);
        };
        try (var _ = Qemu.serve(image, socket, List.of())) {
            backUp.run(job(BackupKind.FULL), context(p -> {}));
        }
        assertThat(services.opened).hasSize(3);
    }

    @Test
    void aDiskNobodyServesIsAnNbdError() {
        services.onOpenView = request -> view(request, null, null);
        assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), context(p -> {})))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NBD_ERROR));
    }

    @Test
    void aDamagedBaseCostsAFullReadNotTheBackup() throws Exception {
        PointInfo base = full();
        try (var files = Files.walk(folder.resolve("vault"))) {
            for (Path pack : files.filter(
                            f -> Files.isRegularFile(f) && f.toString().contains("pack"))
                    .toList()) {
                Files.delete(pack);
            }
        }
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:b0", base.id());
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", image.toString(), "b0");
        try (var _ = Qemu.serve(image, socket, List.of("-B", "b0"))) {
            JsonNode result = backUp.run(job(BackupKind.INCREMENTAL, base.id()), context(p -> {}));
            assertThat(restored(json.treeToValue(result, PointInfo.class).id())).isEqualTo(Qemu.content(image));
        }
    }
}
