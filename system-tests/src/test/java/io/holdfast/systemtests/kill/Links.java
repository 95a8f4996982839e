package io.holdfast.systemtests.kill;

import io.holdfast.testkit.proxy.Hold;
import io.holdfast.testkit.proxy.HoldingProxy;
import io.holdfast.testkit.proxy.Requests;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The proxies between the parts of a suite: what passes is heard, and can be withheld or cut. Thread-safe. */
final class Links implements AutoCloseable {

    /** How sockets are called that a proxy stands in front of. */
    private static final String MOVED = "moved.";

    /** A socket that a proxy stands in front of, under its name. */
    private record Interposed(Path original, Path moved) {}

    private final Map<Link, Interposed> interposed = new ConcurrentHashMap<>();
    private final Map<String, HoldingProxy> proxies = new ConcurrentHashMap<>();
    private final Map<String, Requests> requests = new ConcurrentHashMap<>();

    /** Puts a proxy on the link that a setting of {@code from} names; whether there is such a setting. */
    boolean between(String from, String to, String variable, Map<String, String> env) {
        String usual = env.get(variable);
        if (usual == null || from.equals(to)) {
            return false;
        }
        URI uri = URI.create(usual.replace("jdbc:", ""));
        HoldingProxy proxy = HoldingProxy.inFrontOf(uri.getPort());
        put(from, to, proxy);
        env.put(variable, usual.replace(":" + uri.getPort(), ":" + proxy.port()));
        return true;
    }

    void put(String from, String to, HoldingProxy proxy) {
        Requests heard = switch (to) {
            case "postgresql" -> Requests.ofPostgres();
            case "libvirt" -> Requests.ofLibvirt();
            default -> Requests.ofHttp();
        };
        proxy.tap(heard);
        requests.put(from + ">" + to, heard);
        proxies.put(from + ">" + to, proxy);
    }

    /** The kinds of requests that passed on this link since {@link #forgetRequests}. */
    List<String> requests(Link link) {
        return requests.getOrDefault(link.proxy(), Requests.ofHttp()).seen();
    }

    void forgetRequests() {
        requests.values().forEach(Requests::forget);
    }

    HoldingProxy proxy(String from, String to) {
        return named(from + ">" + to);
    }

    HoldingProxy proxy(Link link) {
        return named(link.proxy());
    }

    private HoldingProxy named(String name) {
        HoldingProxy found = proxies.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no proxy " + name);
        }
        return found;
    }

    /** Puts a proxy in front of a socket that is in this folder now. */
    void interpose(Link link, Path sockets) throws IOException {
        Path socket;
        try (Stream<Path> files = Files.list(sockets)) {
            boolean view = link == Link.WORKER_NBD;
            socket = files.filter(f -> f.getFileName().toString().startsWith("holdfast.") == view)
                    .filter(f -> !f.getFileName().toString().startsWith(MOVED))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no socket of " + link));
        }
        Path moved = socket.resolveSibling(MOVED + link);
        Files.move(socket, moved);
        interposed.put(link, new Interposed(socket, moved));
        HoldingProxy before = proxies.put(link.proxy(), HoldingProxy.inFrontOf(moved, socket));
        if (before != null) {
            throw new IllegalStateException("the proxy of " + link + " was not taken away");
        }
    }

    /** Takes that proxy away, cuts what is connected through it, and gives the socket its name back if it is still in use. */
    void withdraw(Link link, boolean stillUsed) throws IOException {
        HoldingProxy proxy = proxies.remove(link.proxy());
        Interposed socket = interposed.remove(link);
        if (proxy == null || socket == null) {
            throw new IllegalStateException("no proxy of " + link);
        }
        proxy.close();
        if (stillUsed) {
            Files.move(socket.moved(), socket.original());
        } else {
            Files.deleteIfExists(socket.moved());
        }
    }

    /** Withholds this message or its reply. */
    Hold hold(Message message, Hold.Side side) {
        byte[] pattern = message.pattern().getBytes(StandardCharsets.ISO_8859_1);
        return proxy(message.link()).hold(side, pattern, message.nth());
    }

    /** Only remembers whether a message passed. */
    Hold seen(Link link, String pattern) {
        Hold hold = proxy(link).hold(Hold.Side.REQUEST, pattern, 1);
        hold.release();
        return hold;
    }

    @Override
    public void close() {
        proxies.values().forEach(HoldingProxy::close);
    }
}
