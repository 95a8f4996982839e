package io.holdfast.nbd;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

/**
 * How a server behaves.
 *
 * @param maxConnections connections at once; one more is closed at once
 * @param maxRequestsPerConnection requests of one connection worked on at once; more wait in the socket
 * @param handshakeTimeout from accepting to the choice of an export, its opening included
 * @param stallTimeout how long a peer may leave a reply unread before its connection is cut
 * @param closeGrace how long a close waits for requests under way
 * @param socketPermissions of a unix socket's file; connecting needs the write permission
 * @param listener told of connections and failures
 */
public record NbdServerOptions(
        int maxConnections,
        int maxRequestsPerConnection,
        Duration handshakeTimeout,
        Duration stallTimeout,
        Duration closeGrace,
        Set<PosixFilePermission> socketPermissions,
        NbdServer.Listener listener) {

    public NbdServerOptions {
        socketPermissions = Set.copyOf(socketPermissions);
        if (maxConnections < 1 || maxConnections > 4_096) {
            throw new IllegalArgumentException("maxConnections is not within 1..4096: " + maxConnections);
        }
        if (maxRequestsPerConnection < 1 || maxRequestsPerConnection > 256) {
            throw new IllegalArgumentException(
                    "maxRequestsPerConnection is not within 1..256: " + maxRequestsPerConnection);
        }
        if (!handshakeTimeout.isPositive() || !stallTimeout.isPositive() || closeGrace.isNegative()) {
            throw new IllegalArgumentException("timeouts must be positive");
        }
    }

    /** 64 connections, 16 requests each, 30 s handshake, 60 s stall, 5 s grace, socket for the owner only. */
    public static NbdServerOptions defaults() {
        return new NbdServerOptions(
                64,
                16,
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                PosixFilePermissions.fromString("rw-------"),
                new NbdServer.Listener() {});
    }

    public NbdServerOptions withConnections(int connections, int requestsEach) {
        return new NbdServerOptions(
                connections, requestsEach, handshakeTimeout, stallTimeout, closeGrace, socketPermissions, listener);
    }

    public NbdServerOptions withTimeouts(Duration handshake, Duration stall, Duration grace) {
        return new NbdServerOptions(
                maxConnections, maxRequestsPerConnection, handshake, stall, grace, socketPermissions, listener);
    }

    /** Permissions as {@code rw-rw----}. */
    public NbdServerOptions withSocketPermissions(String permissions) {
        return new NbdServerOptions(
                maxConnections,
                maxRequestsPerConnection,
                handshakeTimeout,
                stallTimeout,
                closeGrace,
                PosixFilePermissions.fromString(permissions),
                listener);
    }

    public NbdServerOptions withListener(NbdServer.Listener newListener) {
        return new NbdServerOptions(
                maxConnections,
                maxRequestsPerConnection,
                handshakeTimeout,
                stallTimeout,
                closeGrace,
                socketPermissions,
                newListener);
    }
}
