package io.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.point.PointHead;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.jobs.JobContext;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.vault.EngineOptions;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultOptions;
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
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real qcow2 image, to be served by qemu-nbd, and a vault in a directory. */
@Timeout(120)
abstract class BackUpFixture {

    static final long SIZE = 24 << 20;
    static final String VM = "vm-1";
    static final UUID SOURCE_ID = UUID.randomUUID();

    @TempDir
    Path folder;

    final ScriptedServices services = new ScriptedServices();
    /** Each opening derives the key again, which is made to take long. */
    static final VaultOptions CHEAP = new VaultOptions(8 << 10, 1, 1);

    final EngineDoor door = new EngineDoor(EngineOptions.defaults(), CHEAP);
    final ObjectMapper json = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    final MonotonicClock pause = new MonotonicClock() {
        @Override
        public void pause(Duration duration) throws InterruptedException {
            MonotonicClock.system().pause(Duration.ofMillis(20));
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };
    final BackUp backUp = new BackUp(
            services.as(RunnerApi.class),
            services.as(SnapshotServiceApi.class),
            door,
            new NbdDisks(Optional.empty()),
            new ViewOpener(services.as(SnapshotServiceApi.class), pause, Duration.ofSeconds(30)),
            pause,
            json);
    final UUID vaultId = UUID.randomUUID();
    volatile boolean stopped;
    volatile JobEnd.@Nullable Made lastMade;
    Path image = Path.of("");
    Path socket = Path.of("");

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

    JobContext context(Consumer<Progress> heard) {
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
            public void made(JobEnd.Made made) {
                lastMade = made;
            }

            @Override
            public void check() throws InterruptedException {
                if (stopped) {
                    throw new InterruptedException();
                }
            }

            @Override
            public long fencing() {
                return 1;
            }

            @Override
            public void onLeaseLost(Runnable action) {}
        };
    }

    LeasedJob job(BackupKind kind, UUID... bases) {
        return job(kind, List.of(), bases);
    }

    LeasedJob job(BackupKind kind, List<PointHead> heads, UUID... bases) {
        var spec = new JobSpec.Backup("lab", VM, "web", vaultId, UUID.randomUUID(), kind, Consistency.CRASH);
        return new LeasedJob(UUID.randomUUID(), 1, 30, spec, List.of(bases), heads);
    }

    static PointHead head(PointInfo point) {
        return new PointHead(VM, point.vmName(), point.sequence(), Objects.requireNonNull(point.manifestHash()));
    }

    PointInfo backedUp(LeasedJob job) throws Exception {
        services.onOpenView = request -> view(request, null, null);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            return json.treeToValue(backUp.run(job, context(p -> {})), PointInfo.class);
        }
    }

    Path manifest(PointInfo point) throws Exception {
        String name = String.format("%016x", point.sequence());
        try (var files = Files.walk(folder.resolve("vault/points"))) {
            return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
        }
    }

    ViewInfo view(OpenView request, @Nullable String context, @Nullable UUID base) {
        var disk = new ViewInfo.ViewDisk(
                "vda", SIZE, "qcow2", new NbdEndpoint.Unix(socket.toString(), "disk0"), context, base, null);
        return new ViewInfo(
                request.job(),
                new UUID(1, request.job().getLeastSignificantBits()),
                request.fencing(),
                "lab",
                SOURCE_ID,
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

    PointInfo full() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            return json.treeToValue(backUp.run(job(BackupKind.FULL), context(p -> {})), PointInfo.class);
        }
    }

    byte[] restored(UUID point) throws Exception {
        try (var store = DirectoryObjectStore.open(folder.resolve("vault"), InstantSource.system());
                var passphrase = Passphrase.of("passphrase");
                var vault = Vault.open(store, passphrase)) {
            PointManifest manifest = vault.point(point, VM).orElseThrow();
            assertThat(manifest.sourceId()).contains(SOURCE_ID);
            var bytes = ByteBuffer.allocate((int) SIZE);
            for (int at = 0; at < SIZE; at += 256 << 10) {
                vault.open(manifest).disk("vda").read(at, bytes.slice(at, 256 << 10));
            }
            return bytes.array();
        }
    }

    int points() throws Exception {
        try (var store = DirectoryObjectStore.open(folder.resolve("vault"), InstantSource.system());
                var passphrase = Passphrase.of("passphrase");
                var vault = Vault.open(store, passphrase)) {
            return vault.points(VM).size();
        }
    }
}
