package io.holdfast.nbd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/** Where a server listens. */
public sealed interface NbdAddress {

    /** Longest path of a unix socket, in bytes (Linux: 108 with the closing zero). */
    int MAX_SOCKET_PATH_BYTES = 107;

    /** A unix socket on this machine. */
    record Unix(Path socket) implements NbdAddress {
        public Unix {
            if (!socket.isAbsolute()) {
                throw new IllegalArgumentException("the path of a unix socket must be absolute");
            }
            if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
                throw new IllegalArgumentException(
                        "the path of a unix socket is longer than " + MAX_SOCKET_PATH_BYTES + " bytes");
            }
        }
    }

    /**
     * TCP with mutual TLS. The server's certificate must name {@code host}. A server may listen at port 0 and tells the
     * port it got.
     */
    record Tls(String host, int port, NbdTls tls) implements NbdAddress {
        public Tls {
            checkHost(host);
            checkPort(port);
        }
    }

    /** TCP in clear, on this machine's loopback only. */
    record Tcp(String host, int port) implements NbdAddress {

        private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1", "localhost");

        public Tcp {
            if (!LOOPBACK.contains(host)) {
                throw new IllegalArgumentException("without TLS only loopback is allowed");
            }
            checkPort(port);
        }
    }

    private static void checkHost(String host) {
        if (host.isBlank() || host.length() > 255) {
            throw new IllegalArgumentException("not a host name");
        }
    }

    private static void checkPort(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
    }
}
