package io.holdfast.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes into exports of qemu-nbd and of nbdkit, some of which cannot write zeros or flush. */
class ClientWritesTest {

    private static final int SIZE = 8 << 20;

    @TempDir
    Path folder;

    private @Nullable Process server;

    @AfterEach
    void stop() throws InterruptedException {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
    }

    private NbdClient connect(String... words) throws Exception {
        Path socket = folder.resolve("s");
        List<String> command = new ArrayList<>();
        for (String word : words) {
            command.add(word.replace("SOCKET", socket.toString()).replace("FILE", file().toString()));
        }
        server = new ProcessBuilder(command).inheritIO().start();
        Awaitility.await().until(() -> Files.exists(socket));
        return NbdClient.connect(new NbdAddress.Unix(socket), "", NbdClientOptions.defaults());
    }

    private Path file() throws Exception {
        Path file = folder.resolve("disk.raw");
        if (!Files.exists(file)) {
            byte[] ones = new byte[SIZE];
            Arrays.fill(ones, (byte) 1);
            Files.write(file, ones);
        }
        return file;
    }

    private byte[] written(NbdClient client) throws Exception {
        byte[] expected = Files.readAllBytes(file());
        byte[] noise = new byte[3 << 20];
        new Random(1).nextBytes(noise);
        client.write(512, ByteBuffer.wrap(noise));
        System.arraycopy(noise, 0, expected, 512, noise.length);
        client.zero(5 << 20, 1 << 20);
        Arrays.fill(expected, 5 << 20, 6 << 20, (byte) 0);
        client.write(SIZE - 512, ByteBuffer.wrap(noise, 0, 512));
        System.arraycopy(noise, 0, expected, SIZE - 512, 512);
        client.flush();
        return expected;
    }

    @Test
    void whatIsWrittenIsThereWhateverTheServerCan() throws Exception {
        List<String[]> servers = List.of(
                new String[] {"qemu-nbd", "-t", "-f", "raw", "-k", "SOCKET", "FILE"},
                new String[] {"nbdkit", "-f", "-U", "SOCKET", "file", "FILE"},
                new String[] {
                    "nbdkit",
                    "-f",
                    "-U",
                    "SOCKET",
                    "--filter=nozero",
                    "--filter=blocksize",
                    "file",
                    "FILE",
                    "maxdata=64k"
                });
        for (String[] words : servers) {
            Files.deleteIfExists(folder.resolve("s"));
            Files.deleteIfExists(folder.resolve("disk.raw"));
            byte[] expected;
            try (NbdClient client = connect(words)) {
                expected = written(client);
                byte[] read = new byte[SIZE];
                client.read(0, ByteBuffer.wrap(read));
                assertThat(Arrays.mismatch(read, expected)).as(words[0]).isEqualTo(-1);
            }
            stop();
            assertThat(Arrays.mismatch(Files.readAllBytes(file()), expected))
                    .as(words[0])
                    .isEqualTo(-1);
        }
    }

    @Test
    void aServerThatCannotWriteSaysSoAndTheConnectionGoesOn() throws Exception {
        try (NbdClient client = connect(
                "nbdkit",
                "-f",
                "-U",
                "SOCKET",
                "--filter=error",
                "file",
                "FILE",
                "error-pwrite=ENOSPC",
                "error-pwrite-rate=100%")) {
            assertThatThrownBy(() -> client.write(0, ByteBuffer.allocate(4096)))
                    .isInstanceOfSatisfying(
                            NbdException.class, e -> assertThat(e.kind()).isEqualTo(NbdException.Kind.REMOTE))
                    .hasMessageContaining("ENOSPC");
            client.read(0, ByteBuffer.allocate(4096));
        }
    }

    @Test
    void aReadOnlyExportAndARangeOutsideAreRefusedHere() throws Exception {
        try (NbdClient client = connect("qemu-nbd", "-r", "-t", "-f", "raw", "-k", "SOCKET", "FILE")) {
            assertThatThrownBy(() -> client.write(0, ByteBuffer.allocate(512))).hasMessageContaining("read-only");
            assertThatThrownBy(() -> client.zero(0, 512)).hasMessageContaining("read-only");
            assertThatThrownBy(() -> client.write(SIZE - 100, ByteBuffer.allocate(512)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
