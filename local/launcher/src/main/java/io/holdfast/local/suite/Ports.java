package io.holdfast.local.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The suite's loopback ports: free ones are taken at the first start and kept, so that addresses survive a restart. A port
 * that somebody else took meanwhile is replaced.
 */
final class Ports {

    static final String POSTGRES = "postgres";
    static final String OBJECTS = "objects";

    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Path file;

    private Ports(Path file) {
        this.file = file;
    }

    /** The kept ports for these names, with free ones for those that are new or taken. */
    static Ports keptIn(Home home, Iterable<String> names) {
        Ports result = new Ports(home.run().resolve("ports.json"));
        Map<String, Integer> known = Json.readIntegers(result.file);
        for (String name : names) {
            Integer port = known.get(name);
            result.ports.put(name, port != null && isFree(port) ? port : freePort());
        }
        Json.write(result.file, result.ports);
        return result;
    }

    /** The ports as they were kept last, without looking whether they are free. */
    static Map<String, Integer> lastKept(Home home) {
        return Json.readIntegers(home.run().resolve("ports.json"));
    }

    int of(String name) {
        Integer port = ports.get(name);
        if (port == null) {
            throw new IllegalArgumentException("no port for " + name);
        }
        return port;
    }

    String url(String name) {
        return "http://127.0.0.1:" + of(name);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, loopback())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free loopback port", e);
        }
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
