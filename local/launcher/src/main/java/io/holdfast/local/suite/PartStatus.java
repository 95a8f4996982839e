package io.holdfast.local.suite;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One running part of a suite.
 *
 * @param residentBytes resident memory, 0 when it cannot be told
 * @param port its loopback port, 0 when it has none yet
 * @param ready whether it answers: a service by its readiness, the others by accepting a connection
 */
public record PartStatus(String name, long pid, Instant since, long residentBytes, int port, boolean ready) {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Map<String, String> PORT_NAMES =
            Map.of(PostgresServer.PART, Ports.POSTGRES, ObjectServer.PART, Ports.OBJECTS);

    /** The parts of a suite that live, in the order in which they were started. */
    public static List<PartStatus> of(Home home) {
        Map<String, Integer> ports = Ports.lastKept(home.create());
        return new ProcessLedger(home)
                .all().stream()
                        .filter(entry -> entry.find().isPresent())
                        .map(entry -> of(entry, ports))
                        .toList();
    }

    private static PartStatus of(ProcessLedger.Entry entry, Map<String, Integer> ports) {
        int port = ports.getOrDefault(PORT_NAMES.getOrDefault(entry.name(), entry.name()), 0);
        boolean ready = port > 0 && (ServiceProcesses.ALL.contains(entry.name()) ? serves(port) : accepts(port));
        return new PartStatus(entry.name(), entry.pid(), entry.started(), resident(entry.pid()), port, ready);
    }

    private static boolean serves(int port) {
        URI uri = URI.create("http://127.0.0.1:" + port + "/q/health/ready");
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static long resident(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToLong(kib -> Long.parseLong(kib) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
