package io.holdfast.nbd;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

/**
 * How a server behaves.
 *
 * @param maxConnections connections at once, those that have not authenticated yet apart; one more is closed at once
 * @param maxRequestsPerConnection requests of one connection worked on at once; more wait in the socket
 * @param socketPermissions of a unix socket's file; connecting needs the write permission
 * @param listener told of connections and failures
 */
public record NbdServerOptions(
        int maxConnections,
        int maxRequestsPerConnection,
        Timeouts timeouts,
        Set<PosixFilePermission> socketPermissions,
        NbdServer.Listener listener) {

    private static final Duration AUTHENTICATION = Duration.ofSeconds(10);

    public NbdServerOptions {
        socketPermissions = Set.copyOf(socketPermissions);
        if (maxConnections < 1 || maxConnections > 4_096) {
            throw new IllegalArgumentException("maxConnections is not within 1..4096: " + maxConnections);
        }
        if (maxRequestsPerConnection < 1 || maxRequestsPerConnection > 256) {
            throw new IllegalArgumentException(
                    "maxRequestsPerConnection is not within 1..256: " + maxRequestsPerConnection);
        }
    }

    /**
     * How long a peer is waited for. A client that asks for nothing may do so for as long as it likes: QEMU keeps idle
     * connections.
     *
     * @param authentication from accepting to the end of TLS, where TLS is demanded
     * @param handshake from accepting to the choice of an export, its opening included
     * @param stall how long a peer may leave a reply unread, or a request it has begun unfinished
     * @param grace how long a close waits for requests under way
     */
    public record Timeouts(Duration authentication, Duration handshake, Duration stall, Duration grace) {
        public Timeouts {
            boolean positive = authentication.isPositive() && handshake.isPositive() && stall.isPositive();
            if (!positive || grace.isNegative()) {
                throw new IllegalArgumentException("timeouts must be positive");
            }
        }
    }

    /** 64 connections, 16 requests each, 10 s to authenticate, 30 s handshake, 60 s stall, 5 s grace, socket for the owner. */
    public static NbdServerOptions defaults() {
        return new NbdServerOptions(
                64,
                16,
                new Timeouts(AUTHENTICATION, Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(5)),
                PosixFilePermissions.fromString("rw-------"),
                new NbdServer.Listener() {});
    }

    public NbdServerOptions withConnections(int connections, int requestsEach) {
        return new NbdServerOptions(connections, requestsEach, timeouts, socketPermissions, listener);
    }

    public NbdServerOptions withTimeouts(Timeouts changed) {
        return new NbdServerOptions(maxConnections, maxRequestsPerConnection, changed, socketPermissions, listener);
    }

    /** Permissions as {@code rw-rw----}. */
    public NbdServerOptions withSocketPermissions(String permissions) {
        return new NbdServerOptions(
                maxConnections,
                maxRequestsPerConnection,
                timeouts,
                PosixFilePermissions.fromString(permissions),
                listener);
    }

    public NbdServerOptions withListener(NbdServer.Listener changed) {
        return new NbdServerOptions(maxConnections, maxRequestsPerConnection, timeouts, socketPermissions, changed);
    }
}
