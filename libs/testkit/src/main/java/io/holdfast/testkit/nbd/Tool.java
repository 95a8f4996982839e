package io.holdfast.testkit.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real program: run to its end, or kept running as a peer until closed. */
public final class Tool implements AutoCloseable {

    private final Process process;
    private final Path log;

    private Tool(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Runs to the end and returns what it printed; a failure is a failed test. */
    public static String run(String... command) {
        return run(List.of(command));
    }

    public static String run(List<String> command) {
        try (Tool tool = start(command)) {
            int code = tool.await();
            String output = tool.output();
            assertThat(code).as("%s%n%s", String.join(" ", command), output).isZero();
            return output;
        }
    }

    /** Starts a peer and waits until its unix socket takes connections. */
    public static Tool serve(Path socket, String... command) {
        Tool tool = start(List.of(command));
        Awaitility.await("socket of " + command[0])
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    assertThat(tool.process.isAlive()).as(tool.output()).isTrue();
                    return Files.exists(socket);
                });
        return tool;
    }

    public static Tool start(List<String> command) {
        try {
            Path log = Files.createTempFile("holdfast-tool", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(log.toFile())
                    .start();
            return new Tool(process, log);
        } catch (IOException e) {
            throw new AssertionError(command.getFirst() + " cannot be started", e);
        }
    }

    /** The exit code. */
    public int await() {
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS))
                    .as("ends in time")
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public boolean running() {
        return process.isAlive();
    }

    public String output() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
