package io.holdfast.restore.nbd;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdExports;
import io.holdfast.nbd.NbdServer;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.nbd.NbdTls;
import io.holdfast.restore.app.Endpoints;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Listens for hypervisors: on a unix socket, and over TCP with mutual TLS when told so. The socket keeps its name over a
 * restart, so that a hypervisor which reconnects finds it.
 */
public final class PointServer implements Endpoints, AutoCloseable {

    /**
     * Where hypervisors elsewhere reach this service.
     *
     * @param bindHost listened at
     * @param advertisedHost told to hypervisors; the certificate names it
     * @param folder PEM files
     */
    public record Remote(String bindHost, String advertisedHost, int port, Path folder) {}

    private final Path socket;
    private final NbdServer local;
    private final @Nullable NbdServer remote;
    private final @Nullable String advertisedHost;

    private PointServer(Path socket, NbdServer local, @Nullable NbdServer remote, @Nullable String advertisedHost) {
        this.socket = socket;
        this.local = local;
        this.remote = remote;
        this.advertisedHost = advertisedHost;
    }

    /** Listens; {@link io.holdfast.nbd.NbdException} when an address cannot be had or a certificate is not usable. */
    public static PointServer listen(
            Path socket, Optional<Remote> elsewhere, NbdExports exports, NbdServerOptions options) {
        NbdServer local = NbdServer.listen(new NbdAddress.Unix(socket.toAbsolutePath()), exports, options);
        if (elsewhere.isEmpty()) {
            return new PointServer(socket.toAbsolutePath(), local, null, null);
        }
        Remote at = elsewhere.get();
        try {
            var address = new NbdAddress.Tls(at.bindHost(), at.port(), new NbdTls(at.folder()));
            var remote = NbdServer.listen(address, exports, options);
            return new PointServer(socket.toAbsolutePath(), local, remote, at.advertisedHost());
        } catch (RuntimeException e) {
            local.close();
            throw e;
        }
    }

    @Override
    public NbdEndpoint of(String transport, String exportName) {
        if (!transport.equals("tls")) {
            return new NbdEndpoint.Unix(socket.toString(), exportName);
        }
        if (remote == null || advertisedHost == null || !(remote.address() instanceof NbdAddress.Tls address)) {
            throw new ApiException(
                    ErrorCode.TARGET_FILL_FAILED,
                    "The source wants TLS, but this restore-service has no address for hypervisors elsewhere.");
        }
        return new NbdEndpoint.Tls(advertisedHost, address.port(), exportName);
    }

    /** Whether hypervisors can connect, everywhere they should. */
    public boolean accepts() {
        return local.accepts() && (remote == null || remote.accepts());
    }

    /** Connections of hypervisors now. */
    public int connections() {
        return local.connections() + (remote == null ? 0 : remote.connections());
    }

    @Override
    public void close() {
        try {
            local.close();
        } finally {
            if (remote != null) {
                remote.close();
            }
        }
    }
}
