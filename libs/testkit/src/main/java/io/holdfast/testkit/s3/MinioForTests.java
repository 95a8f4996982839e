package io.holdfast.testkit.s3;

import io.holdfast.testkit.files.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** A real MinIO on the loopback address, for tests that are {@link NeedsMinio}. It holds no bucket at first. */
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

    /** Starts a server on a new folder. */
    public static MinioForTests start() {
        return new Launch(List.of(), Optional.empty(), Map.of()).run();
    }

    /** Starts a server with settings of its own, as {@code MINIO_...} variables. */
    public static MinioForTests startWith(Map<String, String> settings) {
        return new Launch(List.of(), Optional.empty(), settings).run();
    }

    /** Starts a server on a file system of this size in memory, e.g. {@code 40m}, in a mount namespace of its own. */
    public static MinioForTests startWithRoom(String size) {
        String mount = "mount -t tmpfs -o size=" + size + " none \"$0\" && exec \"$@\"";
        return new Launch(List.of("unshare", "-Urm", "sh", "-c", mount), Optional.empty(), Map.of()).run();
    }

    /** Starts a server that speaks TLS, with the server's certificate and authority of {@code Certificates.make}. */
    public static MinioForTests startWithTls(Path certificates) {
        return new Launch(List.of(), Optional.of(certificates), Map.of()).run();
    }

    /** @param wrapper what starts it, with the folder of its data as the first argument */
    private record Launch(List<String> wrapper, Optional<Path> certificates, Map<String, String> settings) {

        MinioForTests run() {
            try {
                Path folder = Files.createTempDirectory("holdfast-minio-");
                String scheme = certificates.isPresent() ? "https" : "http";
                URI endpoint = URI.create(scheme + "://127.0.0.1:" + freePort());
                ProcessBuilder builder = new ProcessBuilder(command(folder, endpoint))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("minio.log").toFile());
                builder.environment().putAll(Map.of("MINIO_ROOT_USER", USER, "MINIO_ROOT_PASSWORD", PASSWORD));
                builder.environment().put("HOME", folder.toString());
                builder.environment().putAll(settings);
                MinioForTests server = new MinioForTests(folder, builder.start(), endpoint);
                Runtime.getRuntime().addShutdownHook(new Thread(server.process::destroyForcibly, "end-minio"));
                server.awaitReady(certificates.map(files -> files.resolve("ca-cert.pem")));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException("MinIO did not start", e);
            }
        }

        private List<String> command(Path folder, URI endpoint) throws IOException {
            Path data = Files.createDirectory(folder.resolve("data"));
            List<String> command = new ArrayList<>(wrapper);
            if (!wrapper.isEmpty()) {
                command.add(data.toString());
            }
            Path binary = MinioBinary.find().orElseThrow(() -> new IllegalStateException(MinioBinary.MISSING));
            command.addAll(List.of(binary.toString(), "server", "--quiet", "--address", endpoint.getAuthority()));
            if (certificates.isPresent()) {
                command.addAll(List.of("--certs-dir", named(certificates.get(), folder)));
            }
            command.add(data.resolve("drive").toString());
            return command;
        }

        /** A folder with the certificate as MinIO wants it named. */
        private static String named(Path certificates, Path folder) throws IOException {
            Path named = Files.createDirectory(folder.resolve("certificates"));
            Files.copy(certificates.resolve("server-cert.pem"), named.resolve("public.crt"));
            Files.copy(certificates.resolve("server-key.pem"), named.resolve("private.key"));
            return named.toString();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady(Optional<Path> authority) throws IOException {
        try {
            // "live" and "ready" answer 200 before buckets and keys are loaded.
            new HealthCheck(endpoint.resolve("/minio/health/cluster"), authority).await(process::isAlive);
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            String said = Files.readString(folder.resolve("minio.log"));
            close();
            throw new IOException("it said: " + said, e);
        }
    }

    /** Where it answers, {@code http://127.0.0.1:port} or with {@code https}. */
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
