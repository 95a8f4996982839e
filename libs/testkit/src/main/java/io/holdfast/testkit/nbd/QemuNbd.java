package io.holdfast.testkit.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A qemu-nbd on a TCP port of its own, on loopback. */
public record QemuNbd(Tool tool, int port) implements AutoCloseable {

    private static final int TRIES = 10;

    /**
     * Serves the raw image as {@code d}. QEMU cannot be told to take any free port, so one is looked for; whoever takes it in
     * between has QEMU give up, and another one is tried.
     */
    public static QemuNbd overTls(Path folder, Path certificates, Path image) throws IOException {
        for (int tried = 1; ; tried++) {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Path ready = folder.resolve("qemu-nbd-" + tried + ".pid");
            Tool tool = Tool.start(command(port, ready, certificates, image));
            Awaitility.await("qemu-nbd")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !tool.running() || Files.exists(ready));
            if (tool.running()) {
                return new QemuNbd(tool, port);
            }
            String output = tool.output();
            tool.close();
            assertThat(output).contains("Address already in use");
            assertThat(tried).as("tries to find a port").isLessThan(TRIES);
        }
    }

    private static List<String> command(int port, Path ready, Path certificates, Path image) {
        return List.of(
                "qemu-nbd",
                "-r",
                "-t",
                "-f",
                "raw",
                "-b",
                "127.0.0.1",
                "-p",
                "" + port,
                "-x",
                "d",
                "--pid-file=" + ready,
                "--tls-creds",
                "t0",
                "--object",
                "tls-creds-x509,id=t0,endpoint=server,verify-peer=yes,dir=" + certificates,
                "" + image);
    }

    @Override
    public void close() {
        tool.close();
    }
}
