package io.holdfast.nbd;

import java.time.Duration;
import java.util.List;

/**
 * How a client behaves.
 *
 * @param metaContexts contexts to ask for, at most 32; a name that ends in {@code :} asks for all of that kind, for
 *     example {@code qemu:dirty-bitmap:}. What the server does not have is left out
 * @param connectTimeout from the first packet to the end of the handshake
 * @param requestTimeout from the sending of a request to its last byte; afterwards the connection is given up
 * @param maxInFlight requests on the wire at once, 1 to 128
 * @param maxRequestBytes upper limit of one read on the wire, 4 KiB to 32 MiB; the server may allow less
 */
public record NbdClientOptions(
        List<String> metaContexts,
        Duration connectTimeout,
        Duration requestTimeout,
        int maxInFlight,
        int maxRequestBytes) {

    public NbdClientOptions {
        metaContexts = List.copyOf(metaContexts);
        if (metaContexts.size() > 32 || metaContexts.stream().anyMatch(name -> name.length() > 1_024)) {
            throw new IllegalArgumentException("too many meta contexts, or a name too long");
        }
        if (!connectTimeout.isPositive() || !requestTimeout.isPositive()) {
            throw new IllegalArgumentException("timeouts must be positive");
        }
        if (maxInFlight < 1 || maxInFlight > 128) {
            throw new IllegalArgumentException("maxInFlight is not within 1..128: " + maxInFlight);
        }
        if (maxRequestBytes < 4_096 || maxRequestBytes > 32 << 20) {
            throw new IllegalArgumentException("maxRequestBytes is not within 4 KiB..32 MiB: " + maxRequestBytes);
        }
    }

    /** No meta contexts, 15 s to connect, 60 s for a request, 16 requests of up to 2 MiB in flight. */
    public static NbdClientOptions defaults() {
        return new NbdClientOptions(List.of(), Duration.ofSeconds(15), Duration.ofSeconds(60), 16, 2 << 20);
    }

    public NbdClientOptions withMetaContexts(String... names) {
        return new NbdClientOptions(List.of(names), connectTimeout, requestTimeout, maxInFlight, maxRequestBytes);
    }

    public NbdClientOptions withTimeouts(Duration connect, Duration request) {
        return new NbdClientOptions(metaContexts, connect, request, maxInFlight, maxRequestBytes);
    }

    public NbdClientOptions withMaxInFlight(int requests) {
        return new NbdClientOptions(metaContexts, connectTimeout, requestTimeout, requests, maxRequestBytes);
    }

    public NbdClientOptions withMaxRequestBytes(int bytes) {
        return new NbdClientOptions(metaContexts, connectTimeout, requestTimeout, maxInFlight, bytes);
    }
}
