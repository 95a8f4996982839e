package io.holdfast.catalog.support;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.api.Page;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.problem.Problem;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.api.source.VmInfo;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** snapshot-service as far as the catalog sees it, on a real socket, with faults by script. */
public final class FakeSnapshotService {

    /** What it was told, in order: {@code POST /api/v1/views/settle {...}}. */
    public record Seen(String line, String body, @Nullable String authorization) {}

    private static final String STOP = "/stop";
    private static @Nullable FakeSnapshotService shared;

    public final List<SourceInfo> sources = new CopyOnWriteArrayList<>();
    public final List<VmInfo> vms = new CopyOnWriteArrayList<>();
    public final List<SnapshotInfo> snapshots = new CopyOnWriteArrayList<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final AtomicBoolean loseAnswer = new AtomicBoolean();
    private final Deque<ErrorCode> faults = new ConcurrentLinkedDeque<>();
    private final ObjectMapper json = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

    private FakeSnapshotService(int port) throws IOException {
        HttpServer server = bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.createContext(STOP, exchange -> server.stop(0));
        server.start();
    }

    /** A test with a profile of its own has another class loader, and so another one of these on the same port. */
    private static HttpServer bind(InetSocketAddress address) throws IOException {
        try {
            return HttpServer.create(address, 50);
        } catch (BindException e) {
            try (var reply = URI.create("http://127.0.0.1:" + address.getPort() + STOP)
                    .toURL()
                    .openStream()) {
                reply.readAllBytes();
            } catch (IOException stopped) {
                // It went without an answer.
            }
            return await().ignoreExceptions().until(() -> HttpServer.create(address, 50), server -> true);
        }
    }

    /** The one at the address the catalog knows. */
    public static synchronized FakeSnapshotService shared() {
        try {
            FakeSnapshotService there = shared;
            if (there == null) {
                there = new FakeSnapshotService(URI.create(Parts.settings().getOrDefault("holdfast.snapshot.url", ""))
                        .getPort());
                shared = there;
            }
            return there;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** One source with one VM, nothing seen, no faults. */
    public void reset() {
        faults.clear();
        seen.clear();
        snapshots.clear();
        sources.clear();
        vms.clear();
        addSource("lab");
        addVm("lab", "vm-1", "web");
    }

    public void addSource(String name) {
        sources.add(new SourceInfo(
                UUID.randomUUID(), name, "qemu:///system", "libvirt", null, null, "unix", "ok", null, Instant.EPOCH));
    }

    public void addVm(String source, String id, String name) {
        var disk = new VmInfo.DiskInfo("vda", "qcow2", 1 << 20, null, true, null);
        vms.add(new VmInfo(id, source, name, "running", List.of(disk), 0, List.of()));
    }

    /** The next so many messages to settle or forget are answered with this problem. */
    public void failSettlements(int times, ErrorCode code) {
        for (int i = 0; i < times; i++) {
            faults.add(code);
        }
    }

    /** The next request that changes a source is done, but its answer is lost. */
    public void loseNextAnswer() {
        loseAnswer.set(true);
    }

    /** Whether every scripted fault was hit. */
    public boolean faultsUsedUp() {
        return faults.isEmpty();
    }

    /** Messages to settle and forget. */
    public List<Seen> settlements() {
        return seen.stream()
                .filter(s -> s.line().contains("/settle") || s.line().contains("/forget"))
                .toList();
    }

    public List<Seen> seen() {
        return List.copyOf(seen);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        seen.add(new Seen(
                exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                body,
                exchange.getRequestHeaders().getFirst("Authorization")));
        ErrorCode fault = path.endsWith("/settle") || path.endsWith("/forget") ? faults.poll() : null;
        if (fault != null) {
            reply(exchange, fault.status(), Problem.of(fault, "by script", null));
        } else {
            answer(exchange, path, body);
        }
    }

    private void answer(HttpExchange exchange, String path, String body) throws IOException {
        String[] parts = path.split("/", -1);
        if (path.equals("/api/v1/vms")) {
            reply(exchange, 200, page(query(exchange)));
        } else if (path.equals("/api/v1/sources") && exchange.getRequestMethod().equals("GET")) {
            reply(exchange, 200, sources);
        } else if (path.equals("/api/v1/sources")) {
            addSource(json.readTree(body).path("name").asText());
            reply(exchange, 200, sources.getLast());
        } else if (path.startsWith("/api/v1/sources/") && parts.length == 5) {
            var found = sources.stream().filter(s -> s.name().equals(parts[4])).findFirst();
            if (found.isEmpty()) {
                reply(exchange, 404, Problem.of(ErrorCode.SOURCE_NOT_FOUND, "no such source", null));
            } else if (exchange.getRequestMethod().equals("DELETE")) {
                sources.remove(found.get());
                reply(exchange, 200, new SourceRemoved(List.of()));
            } else {
                reply(exchange, 200, found.get());
            }
        } else if (path.endsWith("/snapshots")) {
            reply(exchange, 200, snapshots);
        } else if (path.contains("/vms/")) {
            var found = vms.stream().filter(v -> v.id().equals(parts[6])).findFirst();
            reply(
                    exchange,
                    found.isPresent() ? 200 : 404,
                    found.isPresent() ? found.get() : Problem.of(ErrorCode.VM_NOT_FOUND, "no such VM", null));
        } else {
            reply(exchange, 204, null);
        }
    }

    private Page<VmInfo> page(Map<String, String> query) {
        String source = query.get("source");
        String vm = query.get("vm");
        return new Page<>(
                vms.stream()
                        .filter(v -> source == null || v.source().equals(source))
                        .filter(v -> vm == null || v.name().equals(vm) || v.id().equals(vm))
                        .toList(),
                null);
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> values = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            int at = pair.indexOf('=');
            values.put(pair.substring(0, at), URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
        }
        return values;
    }

    private void reply(HttpExchange exchange, int status, @Nullable Object body) throws IOException {
        boolean changes = !exchange.getRequestMethod().equals("GET")
                && exchange.getRequestURI().getPath().startsWith("/api/v1/sources");
        if (changes && loseAnswer.getAndSet(false)) {
            exchange.close();
            return;
        }
        byte[] bytes = body == null ? new byte[0] : json.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", status >= 400 ? Problem.MEDIA_TYPE : "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
