package io.holdfast.cli.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.problem.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A real HTTP server that answers what the test wrote down; the last answer of a path stays. */
public final class ScriptedCatalog implements AutoCloseable {

    /** A request as it arrived. */
    public record Seen(
            String method,
            String target,
            @Nullable String key,
            @Nullable String token,
            String body) {}

    /** What to do with a request. */
    @FunctionalInterface
    public interface Reply {
        void to(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Deque<Reply>> script = new HashMap<>();
    private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());

    public ScriptedCatalog() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The next answers to {@code GET /vms?vm=x}, path below {@code /api/v1}; a query only if it matters. */
    public ScriptedCatalog on(String request, Reply... replies) {
        synchronized (script) {
            script.computeIfAbsent(request, _ -> new ArrayDeque<>()).addAll(List.of(replies));
        }
        return this;
    }

    public List<Seen> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    public List<Seen> seen(String method, String path) {
        return seen().stream()
                .filter(s -> s.method().equals(method)
                        && s.target().split("\\?", 2)[0].equals(path))
                .toList();
    }

    private void serve(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        String prefix = "/api/v1";
        String path = uri.getRawPath().startsWith(prefix) ? uri.getRawPath().substring(prefix.length()) : "!" + uri;
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        seen.add(new Seen(
                exchange.getRequestMethod(),
                target,
                exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                exchange.getRequestHeaders().getFirst("Authorization"),
                body));
        Reply reply = next(exchange.getRequestMethod() + " " + target, exchange.getRequestMethod() + " " + path);
        try (exchange) {
            reply.to(exchange);
        }
    }

    private Reply next(String whole, String path) {
        synchronized (script) {
            Deque<Reply> replies = script.getOrDefault(whole, script.getOrDefault(path, new ArrayDeque<>()));
            if (replies.isEmpty()) {
                return problem(ErrorCode.NOT_FOUND, "There is nothing at this address.");
            }
            return replies.size() > 1 ? replies.removeFirst() : replies.getFirst();
        }
    }

    // ----- answers

    public static Reply json(Object value) {
        return status(200, "application/json", value instanceof String text ? text : Json.pretty(value));
    }

    public static Reply accepted(Object value) {
        return status(202, "application/json", Json.pretty(value));
    }

    public static Reply noContent() {
        return exchange -> exchange.sendResponseHeaders(204, -1);
    }

    public static Reply problem(ErrorCode code, String detail) {
        return status(code.status(), Problem.MEDIA_TYPE, Json.pretty(Problem.of(code, detail, "r1")));
    }

    public static Reply status(int status, String type, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** Takes the request and breaks the connection. */
    public static Reply lost() {
        return HttpExchange::close;
    }

    /** Says nothing until the client has gone or the test has ended. */
    public static Reply silent(java.util.concurrent.CountDownLatch end) {
        return exchange -> {
            try {
                if (!end.await(30, java.util.concurrent.TimeUnit.SECONDS)) {
                    throw new IllegalStateException("The test did not end.");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Server-sent events, then the end of the stream. */
    public static Reply events(Object... states) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            StringBuilder text = new StringBuilder(": hello\n\n");
            for (Object state : states) {
                text.append("event: job\n");
                String json = state instanceof String s ? s : Json.pretty(state);
                json.lines().forEach(line -> text.append("data: ").append(line).append("\n"));
                text.append("\n");
            }
            exchange.getResponseBody().write(text.toString().getBytes(StandardCharsets.UTF_8));
        };
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
