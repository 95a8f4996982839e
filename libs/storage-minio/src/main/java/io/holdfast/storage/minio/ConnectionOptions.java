package io.holdfast.storage.minio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How an S3 server is spoken to.
 *
 * @param region the region that requests are signed for; MinIO's is us-east-1 unless set otherwise
 * @param connectTimeout for a connection and, apart, for the TLS handshake
 * @param idleTimeout how long a connection may stand still in the middle of a request
 * @param callTimeout how long one request may take in all; 64 MiB over a slow line is the longest
 * @param maxConnections requests in flight at most; further ones wait
 * @param caFile PEM file of the authorities to trust in place of the system's
 */
public record ConnectionOptions(
        String region,
        Duration connectTimeout,
        Duration idleTimeout,
        Duration callTimeout,
        int maxConnections,
        Optional<Path> caFile) {

    public ConnectionOptions {
        if (region.isBlank() || maxConnections < 1) {
            throw new IllegalArgumentException("A region and at least one connection are needed.");
        }
    }

    /**
     * 5 s to connect, 60 s still (a MinIO under load answers a large put that late), 5 minutes a request, 32 at once
     * (more than any worker uses), the system's authorities.
     */
    public static ConnectionOptions standard() {
        return new ConnectionOptions(
                "us-east-1",
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofMinutes(5),
                32,
                Optional.empty());
    }

    /** The same with these authorities. */
    public ConnectionOptions withCaFile(Path file) {
        return new ConnectionOptions(
                region, connectTimeout, idleTimeout, callTimeout, maxConnections, Optional.of(file));
    }

    /** The same with other time-outs. */
    public ConnectionOptions withTimeouts(Duration connect, Duration idle, Duration call) {
        return new ConnectionOptions(region, connect, idle, call, maxConnections, caFile);
    }
}
