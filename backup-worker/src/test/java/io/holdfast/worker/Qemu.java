package io.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real qemu tools. */
final class Qemu {

    static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    /** Runs qemu-io commands on a qcow2 image. */
    static void io(Path image, String... commands) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("qemu-io", "-f", "qcow2", "-d", "unmap"));
        for (String command : commands) {
            line.add("-c");
            line.add(command);
        }
        line.add(image.toString());
        run(line.toArray(String[]::new));
    }

    /** The bytes that a guest would see. */
    static byte[] content(Path image) throws IOException, InterruptedException {
        Path raw = image.resolveSibling(image.getFileName() + ".raw");
        run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image.toString(), raw.toString());
        return Files.readAllBytes(raw);
    }

    /** Serves an image read-only as export {@code disk0} until closed. */
    static AutoCloseable serve(Path image, Path socket, List<String> options) throws IOException {
        List<String> line = new ArrayList<>(
                List.of("qemu-nbd", "-r", "-t", "-e", "8", "-f", "qcow2", "-k", socket.toString(), "-x", "disk0"));
        line.addAll(options);
        line.add(image.toString());
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await().until(() -> Files.exists(socket));
        return () -> {
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            Files.deleteIfExists(socket);
        };
    }

    private Qemu() {}
}
