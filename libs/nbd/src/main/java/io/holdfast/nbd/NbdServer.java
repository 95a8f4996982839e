package io.holdfast.nbd;

import io.holdfast.nbd.server.Endpoint;
import java.io.IOException;

/**
 * Serves exports, read-only, until closed. An {@link NbdAddress.Tls} address demands TLS with a client's certificate before
 * anything else; the others have none. Exports are never listed.
 */
public final class NbdServer implements AutoCloseable {

    private final Endpoint endpoint;

    private NbdServer(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Listens. The file of a unix socket is made with the options' permissions, in a folder that is made (mode 0700) when
     * absent; one that a dead server left is replaced.
     *
     * @throws NbdException {@code IO} when the address cannot be had, {@code TLS} when the certificates are not usable
     */
    public static NbdServer listen(NbdAddress at, NbdExports exports, NbdServerOptions options) {
        try {
            return new NbdServer(Endpoint.open(at, exports, options));
        } catch (IOException e) {
            throw new NbdException(NbdException.Kind.IO, "cannot listen: " + e.getMessage(), e);
        }
    }

    /** Where it listens, with the port it got. */
    public NbdAddress address() {
        return endpoint.address();
    }

    /** Whether it takes connections: until it is closed. */
    public boolean accepts() {
        return endpoint.accepts();
    }

    /** How many are connected now, without those that have not authenticated yet. */
    public int connections() {
        return endpoint.connections();
    }

    /** Lets requests under way end (for the grace of the options), cuts what is left, removes the socket's file. */
    @Override
    public void close() {
        try {
            endpoint.close();
        } catch (IOException e) {
            throw new NbdException(NbdException.Kind.IO, "closing the NBD server failed", e);
        }
    }

    /** Told of what happens, by many threads; must return soon. No event carries data or a name of an export. */
    public interface Listener {

        /** It may not have authenticated yet. */
        default void connectionOpened() {}

        default void connectionClosed() {}

        /** A connection ended by an error: bad TLS, broken protocol, too many connections, a failure of our own. */
        default void connectionFailed(Throwable cause) {}

        /** The resolver refused or failed. */
        default void exportRefused(Exception cause) {}

        /** The export failed a request; the client saw EIO. */
        default void requestFailed(long offset, long length, Throwable cause) {}
    }
}
