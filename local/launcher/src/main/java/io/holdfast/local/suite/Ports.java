package io.holdfast.local.suite;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The suite's loopback ports: free ones are chosen at the first start and kept for ever, because the S3 server's is part of the
 * vaults' URLs. They lie outside the range from which the system takes ports for outgoing connections, so that nobody gets one by
 * chance while the suite is down.
 */
final class Ports {

    static final String POSTGRES = "postgres";
    static final String OBJECTS = "objects";

    /** How long an earlier process of the suite may take to let go of a port. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int TRIES = 1000;
    /** Chosen in this process: another suite of it may be about to bind one that still looks free. */
    private static final Set<Integer> CHOSEN = ConcurrentHashMap.newKeySet();

    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Path file;

    private Ports(Path file) {
        this.file = file;
    }

    /**
     * The kept ports for these names, with free ones for those that are new.
     *
     * @throws IOException when somebody else has a kept one; the message names the port and, if it can be told, the process
     */
    static Ports keptIn(Home home, Iterable<String> names) throws IOException, InterruptedException {
        Ports result = new Ports(home.run().resolve("ports.json"));
        Map<String, Integer> known = Json.readIntegers(result.file);
        result.ports.putAll(known);
        for (String name : names) {
            Integer port = known.get(name);
            if (port == null) {
                result.ports.put(name, result.freshPort());
            } else if (!Waiting.until(() -> isFree(port), PATIENCE)) {
                throw new IOException("port " + port + " of 127.0.0.1, which this suite keeps for " + name
                        + ", is taken by " + PortHolder.of(port) + "; end that, then start again");
            }
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

    private int freshPort() throws IOException {
        PortRange range = PortRange.toKeep();
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(range.first(), range.last() + 1);
            if (!ports.containsValue(port) && isFree(port) && CHOSEN.add(port)) {
                return port;
            }
        }
        throw new IOException("no free loopback port was found between " + range.first() + " and " + range.last());
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
