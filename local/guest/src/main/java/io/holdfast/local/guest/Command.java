package io.holdfast.local.guest;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs a program of the system to its end: with a deadline, bounded output, English messages and no shell. */
public final class Command {
    private static final int MAX_OUTPUT = 8 << 20;

    private Command() {}

    /**
     * Runs a program and returns what it wrote to its standard output.
     *
     * @throws IOException when it cannot start, ends with another code than 0 (the message carries its standard error),
     *     or does not end in time (it is then killed)
     */
    public static String run(Duration timeout, List<String> command) throws IOException, InterruptedException {
        return run(timeout, command, Map.of());
    }

    /** The same with additional environment variables. */
    public static String run(Duration timeout, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        Process process = builder.start();
        try {
            CompletableFuture<String> out = read(process.getInputStream());
            CompletableFuture<String> err = read(process.getErrorStream());
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException(String.join(" ", command) + ": not done after " + timeout.toMillis() + " ms");
            }
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": exit code " + process.exitValue() + ": "
                        + err.get().strip());
            }
            return out.get();
        } catch (ExecutionException e) {
            throw new IOException(String.join(" ", command) + ": output not readable", e.getCause());
        } finally {
            process.destroyForcibly();
        }
    }

    private static CompletableFuture<String> read(InputStream in) {
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread.ofVirtual().name("command-output").start(() -> {
            try (in) {
                byte[] head = in.readNBytes(MAX_OUTPUT);
                in.transferTo(OutputStream.nullOutputStream());
                result.complete(new String(head, StandardCharsets.UTF_8));
            } catch (IOException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}
