package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdExport;
import io.holdfast.restore.domain.ExportToken;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several restores at once, in less heap than the launcher gives when the framework has taken its part. */
@Timeout(300)
class ManyRestoresTest {

    private static final String HEAP = "-Xmx208m";
    private static final int DISK = 24 << 20;

    @TempDir
    Path folder;

    private final TokenSeal seal = new TokenSeal(new byte[32], new SecureRandom());
    private final Map<String, byte[]> disks = new LinkedHashMap<>();

    @Test
    void fourRestoresOfFourDisksEachFitIntoTheHeap() throws Exception {
        PointManifest point = point();
        Path log = folder.resolve("log");
        Process process = start(log);
        try {
            org.awaitility.Awaitility.await()
                    .atMost(java.time.Duration.ofSeconds(60))
                    .until(() -> !process.isAlive() || Files.readString(log).contains("ready"));
            UUID vault = UUID.randomUUID();
            List<Callable<@Nullable Void>> pulls = new ArrayList<>();
            for (int restore = 0; restore < 4; restore++) {
                for (String disk : disks.keySet()) {
                    var token = new ExportToken(
                            vault,
                            MadePoint.VM,
                            point.id(),
                            OptionalLong.of(point.sequence()),
                            disk,
                            UUID.randomUUID(),
                            Instant.now().plusSeconds(600));
                    pulls.add(() -> pull(seal.seal(token), disk));
                }
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Future<@Nullable Void> pull : threads.invokeAll(pulls)) {
                    pull.get();
                }
            }
            process.getOutputStream().close();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            String output = Files.readString(log);
            System.out.println(output);
            assertThat(process.exitValue()).as(output).isZero();
            assertThat(output).contains("served " + 16L * DISK).doesNotContain("OutOfMemory");
        } finally {
            process.destroyForcibly();
        }
    }

    private PointManifest point() throws InterruptedException {
        for (int n = 0; n < 4; n++) {
            byte[] content = new byte[DISK];
            new Random(n).nextBytes(content);
            disks.put("vd" + (char) ('a' + n), content);
        }
        try (var store = DirectoryObjectStore.create(folder.resolve("v"), InstantSource.system())) {
            // The passphrase costs what it costs in a real vault.
            return MadePoint.in(store, disks, VaultOptions.defaults());
        }
    }

    private Process start(Path log) throws java.io.IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        HEAP,
                        "-XX:MaxDirectMemorySize=64m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        classPath,
                        ServingProcess.class.getName(),
                        folder.resolve("v").toString(),
                        folder.resolve("s").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** All of a disk, many requests at once, as a hypervisor pulls. */
    private @Nullable Void pull(String name, String disk) {
        byte[] expected = java.util.Objects.requireNonNull(disks.get(disk));
        var options = NbdClientOptions.defaults().withMetaContexts(NbdExport.ALLOCATION);
        try (var client = NbdClient.connect(new NbdAddress.Unix(folder.resolve("s")), name, options)) {
            assertThat(client.size()).isEqualTo(DISK);
            ByteBuffer read = ByteBuffer.allocate(DISK);
            client.read(0, read);
            assertThat(java.util.Arrays.equals(read.array(), expected)).as(disk).isTrue();
        }
        return null;
    }
}
