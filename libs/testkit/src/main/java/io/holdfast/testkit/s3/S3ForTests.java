package io.holdfast.testkit.s3;

import io.holdfast.testkit.files.Folders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An S3 server on the loopback address with fresh keys and one empty bucket: {@code local/object-store}, started in a
 * virtual machine of its own, because its libraries must not come near a service. It ends with this process, however that
 * ends.
 */
public final class S3ForTests implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final String BUCKET = "holdfast-tests";

    private final Path folder;
    private final String accessKey = random("ak");
    private final String secretKey = random("sk");
    private Process process;
    private URI endpoint;

    private S3ForTests(Path folder) throws IOException {
        this.folder = folder;
        writeCredentials();
        this.process = launch(0);
        this.endpoint = awaitReady(process);
    }

    /** Starts a server with an empty bucket. */
    public static S3ForTests start() {
        try {
            return new S3ForTests(Files.createTempDirectory("holdfast-s3-"));
        } catch (IOException e) {
            throw new UncheckedIOException("the S3 server for tests did not start", e);
        }
    }

    /** Where it answers, {@code http://127.0.0.1:port}. */
    public URI endpoint() {
        return endpoint;
    }

    /** A bucket that exists. */
    public String bucket() {
        return BUCKET;
    }

    /** The vault URL of a folder in the bucket; an empty prefix means the whole bucket. */
    public String url(String prefix) {
        return "s3+" + endpoint + "/" + BUCKET + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    /** The access key. */
    public String accessKey() {
        return accessKey;
    }

    /** The secret key. */
    public String secretKey() {
        return secretKey;
    }

    /** Where it keeps the objects, to damage them; the bucket is a folder in it. */
    public Path directory() {
        return folder.resolve("objects");
    }

    /** The server's process, to kill or to stop it. */
    public Process process() {
        return process;
    }

    /** Ends the server if it still runs, and starts it again on the same port with the same objects. */
    public void restart() {
        try {
            end();
            process = launch(endpoint.getPort());
            endpoint = awaitReady(process);
        } catch (IOException e) {
            throw new UncheckedIOException("the S3 server for tests did not start again", e);
        }
    }

    @Override
    public void close() {
        end();
        Folders.delete(folder);
    }

    private void end() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private Process launch(int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        ObjectStoreClassPath.find(),
                        "io.holdfast.local.objectstore.ObjectStoreMain",
                        "--directory",
                        directory().toString(),
                        "--credentials-file",
                        credentialsFile().toString(),
                        "--bucket",
                        BUCKET,
                        "--port",
                        Integer.toString(port))
                .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()))
                .start();
    }

    private Path errors() {
        return folder.resolve("stderr.log");
    }

    private Path credentialsFile() {
        return folder.resolve("credentials");
    }

    private void writeCredentials() throws IOException {
        Path file = Files.createFile(
                credentialsFile(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, List.of("access-key=" + accessKey, "secret-key=" + secretKey));
    }

    private URI awaitReady(Process started) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> readFirstLine(output, line));
        try {
            return URI.create(line.get(START.toSeconds(), TimeUnit.SECONDS).substring("ready ".length()));
        } catch (ExecutionException | TimeoutException e) {
            started.destroyForcibly();
            throw new IOException("no \"ready\" line from the S3 server; it said: " + Files.readString(errors()), e);
        } catch (InterruptedException e) {
            started.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the S3 server started", e);
        }
    }

    private static void readFirstLine(BufferedReader output, CompletableFuture<String> result) {
        try {
            String line = output.readLine();
            if (line != null && line.startsWith("ready ")) {
                result.complete(line);
            } else {
                result.completeExceptionally(new IOException("the S3 server ended, or said: " + line));
            }
        } catch (IOException e) {
            result.completeExceptionally(e);
        }
    }

    private static String random(String what) {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return String.format(Locale.ROOT, "%s-%s", what, HexFormat.of().formatHex(bytes));
    }
}
