package io.holdfast.catalog.support;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** A real PostgreSQL, a seal key, an issuer's folder, and a port for the scripted snapshot-service. One set per JVM. */
public final class Parts implements QuarkusTestResourceLifecycleManager {

    private static final String PREFIX = "holdfast.test.parts.";

    @Override
    public Map<String, String> start() {
        return settings();
    }

    /** The settings; the first call in the JVM starts what they name, whichever class loader it comes from. */
    public static Map<String, String> settings() {
        synchronized (System.getProperties()) {
            if (System.getProperty(PREFIX + "quarkus.datasource.jdbc.url") == null) {
                create().forEach((key, value) -> System.setProperty(PREFIX + key, value));
            }
        }
        Map<String, String> settings = new HashMap<>();
        System.getProperties().forEach((key, value) -> {
            if (key.toString().startsWith(PREFIX)) {
                settings.put(key.toString().substring(PREFIX.length()), value.toString());
            }
        });
        return settings;
    }

    private static Map<String, String> create() {
        try {
            Path folder = Files.createTempDirectory("catalog-test");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("max_connections", "100")
                    .start();
            byte[] key = new byte[32];
            new SecureRandom().nextBytes(key);
            Path sealKey = folder.resolve("seal.key");
            Files.createFile(
                    sealKey, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(sealKey, Base64.getEncoder().encodeToString(key));
            return Map.of(
                    "holdfast.jobs.tick",
                    "100ms",
                    "holdfast.jobs.metrics",
                    "500ms",
                    "holdfast.events.poll",
                    "50ms",
                    "holdfast.events.keep-alive",
                    "500ms",
                    "quarkus.datasource.jdbc.url",
                    postgres.getJdbcUrl("postgres", "postgres"),
                    "quarkus.datasource.username",
                    "postgres",
                    "quarkus.datasource.password",
                    "postgres",
                    "holdfast.seal-key-file",
                    sealKey.toString(),
                    "holdfast.issuer.directory",
                    folder.resolve("issuer").toString(),
                    "holdfast.snapshot.url",
                    "http://127.0.0.1:" + freePort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            System.err.println("left behind: " + folder);
        }
    }

    @Override
    public void stop() {
        // PostgreSQL outlives a restart of the service, as in real life; it ends with this JVM.
    }
}
