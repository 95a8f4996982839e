package io.holdfast.testkit.s3;

import io.holdfast.testkit.files.Folders;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real MinIO on the loopback address, where the machine has one. It holds no bucket at first. */
public final class MinioForTests implements AutoCloseable {

    private static final String USER = "holdfast-root";
    private static final String PASSWORD = "holdfast-root-secret";

    private final Path folder;
    private final Process process;
    private final URI endpoint;

    private MinioForTests(Path folder, Process process, URI endpoint) {
        this.folder = folder;
        this.process = process;
        this.endpoint = endpoint;
    }

    /** The binary: {@code -Dholdfast.minio=}, or {@code minio} on the PATH. */
    public static Optional<Path> binary() {
        String given = System.getProperty("holdfast.minio", "");
        Stream<Path> candidates = given.isEmpty()
                ? Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                        .map(folder -> Path.of(folder, "minio"))
                : Stream.of(Path.of(given));
        return candidates.filter(Files::isExecutable).findFirst();
    }

    /** Starts a server on a new folder. */
    public static MinioForTests start(Path binary) {
        return launch(List.of(), binary);
    }

    /** Starts a server on a file system of this size in memory, e.g. {@code 40m}, in a mount namespace of its own. */
    public static MinioForTests startWithRoom(Path binary, String size) {
        String mount = "mount -t tmpfs -o size=" + size + " none \"$0\" && exec \"$@\"";
        return launch(List.of("unshare", "-Urm", "sh", "-c", mount), binary);
    }

    private static MinioForTests launch(List<String> wrapper, Path binary) {
        try {
            Path folder = Files.createTempDirectory("holdfast-minio-");
            Path data = Files.createDirectory(folder.resolve("data"));
            URI endpoint = URI.create("http://127.0.0.1:" + freePort());
            List<String> command = new ArrayList<>(wrapper);
            if (!wrapper.isEmpty()) {
                command.add(data.toString());
            }
            command.addAll(List.of(binary.toString(), "server", "--quiet", "--address", endpoint.getAuthority()));
            command.add(data.resolve("drive").toString());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("minio.log").toFile());
            builder.environment().putAll(Map.of("MINIO_ROOT_USER", USER, "MINIO_ROOT_PASSWORD", PASSWORD));
            builder.environment().put("HOME", folder.toString());
            MinioForTests server = new MinioForTests(folder, builder.start(), endpoint);
            Runtime.getRuntime().addShutdownHook(new Thread(server.process::destroyForcibly, "end-minio"));
            server.awaitLive();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("MinIO did not start", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitLive() {
        HttpRequest request = HttpRequest.newBuilder(endpoint.resolve("/minio/health/live"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            Awaitility.await("MinIO answers")
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> client.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200);
        }
    }

    /** Where it answers, {@code http://127.0.0.1:port}. */
    public URI endpoint() {
        return endpoint;
    }

    /** The access key. */
    public String accessKey() {
        return USER;
    }

    /** The secret key. */
    public String secretKey() {
        return PASSWORD;
    }

    /** The server's process. */
    public Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        Folders.delete(folder);
    }
}
