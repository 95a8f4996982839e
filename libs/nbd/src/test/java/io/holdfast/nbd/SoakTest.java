package io.holdfast.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.nbd.Certificates;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of connections come and go, well and badly; what the process holds is afterwards what it was. */
@Timeout(600)
@EnabledIfSystemProperty(named = "holdfast.all", matches = "true")
class SoakTest {

    private static final Content CONTENT = Content.random(1 << 20);
    private static final int CONNECTS = 2_000;

    @TempDir
    Path folder;

    @Test
    void aUnixSocketLeavesNothingBehind() throws Exception {
        leavesNothing(new NbdAddress.Unix(folder.resolve("s")));
    }

    @Test
    void tlsLeavesNothingBehind() throws Exception {
        leavesNothing(new NbdAddress.Tls("127.0.0.1", 0, new NbdTls(Certificates.make(folder.resolve("pki"), "ec"))));
    }

    private static void leavesNothing(NbdAddress at) throws Exception {
        // The first one loads what every later one shares.
        try (NbdServer server = NbdServer.listen(at, name -> CONTENT.export(), NbdServerOptions.defaults())) {
            for (int i = 0; i < 10; i++) {
                visit(server, i);
            }
        }
        long files = files();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        try (NbdServer server = NbdServer.listen(at, name -> CONTENT.export(), NbdServerOptions.defaults())) {
            for (int i = 0; i < CONNECTS; i++) {
                visit(server, i);
            }
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> server.connections() == 0);
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(files()).isLessThanOrEqualTo(files);
            // The carriers of virtual threads come and go.
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                    .isLessThanOrEqualTo(threads + Runtime.getRuntime().availableProcessors());
        });
    }

    /** Reads, or leaves without a word, or after the greeting. */
    private static void visit(NbdServer server, int number) throws IOException {
        switch (number % 4) {
            case 0 -> new RawClient(server.address()).close();
            case 1 -> new RawClient(server.address()).greet().close();
            default -> {
                try (NbdClient client = NbdClient.connect(server.address(), "d", NbdClientOptions.defaults())) {
                    client.read(number, ByteBuffer.allocate(100_000));
                }
            }
        }
    }

    private static long files() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
