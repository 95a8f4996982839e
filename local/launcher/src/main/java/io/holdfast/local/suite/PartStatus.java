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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One part of a suite, also one that should run and does not.
 *
 * @param pid its process, 0 when there is none
 * @param since when that started
 * @param residentBytes resident memory, 0 when it cannot be told
 * @param port its loopback port, 0 when it has none yet
 * @param ready whether it answers: a service by its readiness, the others by accepting a connection
 */
public record PartStatus(String name, long pid, Instant since, long residentBytes, int port, boolean ready) {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Map<String, String> PORT_NAMES =
            Map.of(PostgresServer.PART, Ports.POSTGRES, ObjectServer.PART, Ports.OBJECTS);
    private static final Map<String, String> PART_NAMES =
            Map.of(Ports.POSTGRES, PostgresServer.PART, Ports.OBJECTS, ObjectServer.PART);

    /** The parts that live; while the suite runs also those that should, each with its port. */
    public static List<PartStatus> of(Home home, boolean runs) {
        Map<String, Integer> ports = Ports.lastKept(home);
        Map<String, PartStatus> parts = new LinkedHashMap<>();
        if (runs) {
            ports.forEach((name, port) -> parts.put(
                    PART_NAMES.getOrDefault(name, name),
                    new PartStatus(PART_NAMES.getOrDefault(name, name), 0, Instant.EPOCH, 0, port, false)));
        }
        new ProcessLedger(home)
                .all().stream()
                        .filter(entry -> entry.find().isPresent())
                        .forEach(entry -> parts.put(entry.name(), of(entry, ports)));
        return List.copyOf(parts.values());
    }

    /** Whether a process of it lives. */
    public boolean lives() {
        return pid != 0;
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
