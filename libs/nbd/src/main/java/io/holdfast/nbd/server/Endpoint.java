package io.holdfast.nbd.server;

import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdExports;
import io.holdfast.nbd.NbdServer;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.nbd.server.handshake.Chosen;
import io.holdfast.nbd.server.handshake.ServerHandshake;
import io.holdfast.nbd.wire.Transport;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Accepts connections and serves each on a virtual thread of its own. */
public final class Endpoint implements AutoCloseable {

    /** Buffers beside the one of each connection: 16 MiB. */
    private static final int COMMON_BUFFERS = 64;

    /** Buffers of one connection: enough to hide the time that a store takes to answer. */
    private static final int BUFFERS_EACH = 8;

    private static final long PAUSE_AFTER_FAILURE_MILLIS = 100;

    private final Acceptor acceptor;
    private final NbdExports exports;
    private final NbdServerOptions options;
    private final NbdServer.Listener listener;
    private final Deadlines deadlines = new Deadlines();
    private final BufferPool buffers = new BufferPool(COMMON_BUFFERS, BUFFERS_EACH);
    private final Connections<Served> connections;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread accepting = Thread.ofVirtual().name("nbd-accept").unstarted(this::acceptAll);

    private Endpoint(Acceptor acceptor, NbdExports exports, NbdServerOptions options) {
        this.acceptor = acceptor;
        this.exports = exports;
        this.options = options;
        this.listener = options.listener();
        this.connections = new Connections<>(options.maxConnections());
    }

    public static Endpoint open(NbdAddress at, NbdExports exports, NbdServerOptions options) throws IOException {
        Endpoint endpoint = new Endpoint(Acceptor.listen(at, options.socketPermissions()), exports, options);
        endpoint.accepting.start();
        return endpoint;
    }

    public NbdAddress address() {
        return acceptor.address();
    }

    public boolean accepts() {
        return accepting.isAlive();
    }

    public int connections() {
        return connections.admitted();
    }

    /** Lets requests under way end within the grace, then cuts what is left. */
    @Override
    public void close() throws IOException {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        try {
            acceptor.close();
        } finally {
            stopped.countDown();
            connections.all().forEach(Served::drain);
            if (!awaitAllGone()) {
                connections.all().forEach(Served::cut);
                awaitAllGone();
            }
            deadlines.close();
        }
    }

    private boolean awaitAllGone() {
        try {
            return connections.awaitNone(options.timeouts().grace());
        } catch (InterruptedException e) {
            connections.all().forEach(Served::cut);
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void acceptAll() {
        while (!closing.get()) {
            try {
                accepted(acceptor.accept());
            } catch (Throwable e) {
                // Whatever it is, even a lack of memory: this loop is the only one, it has to go on.
                if (!closing.get()) {
                    tell(e);
                    pause();
                }
            }
        }
    }

    private void tell(Throwable failure) {
        try {
            listener.connectionFailed(failure);
        } catch (Throwable e) {
            // A listener that fails must not end what it listens to.
            failure.addSuppressed(e);
        }
    }

    /** Out of file descriptors, mostly: trying again at once would only burn the processor. */
    private void pause() {
        try {
            boolean ended = stopped.await(PAUSE_AFTER_FAILURE_MILLIS, TimeUnit.MILLISECONDS);
            if (ended) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accepted(Transport transport) {
        boolean started = false;
        try {
            Served connection = new Served(transport);
            Served sentAway = connections.arrived(connection);
            try {
                if (sentAway != null) {
                    sentAway.cut();
                }
                started = begin(connection);
            } finally {
                if (!started) {
                    connections.left(connection);
                }
            }
        } finally {
            if (!started) {
                transport.close();
            }
        }
    }

    /** Whether its thread runs. Where there is nothing to authenticate with, it has to be admitted first. */
    private boolean begin(Served connection) {
        if (acceptor.tls() == null && !connections.admit(connection)) {
            tell(new IOException("too many connections"));
            return false;
        }
        connection.thread.start();
        if (closing.get()) {
            connection.cut();
        }
        return true;
    }

    /** One connection. */
    private final class Served {
        final Transport transport;
        final Thread thread;
        private volatile @Nullable Transmission transmission;

        Served(Transport transport) {
            this.transport = transport;
            this.thread = Thread.ofVirtual().name("nbd-connection").unstarted(this::run);
        }

        void drain() {
            Transmission running = transmission;
            if (running == null) {
                transport.shutdownInput();
            } else {
                running.drain();
            }
        }

        void cut() {
            transport.close();
            thread.interrupt();
        }

        private void run() {
            try {
                listener.connectionOpened();
                serve();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Throwable e) {
                tell(e);
            } finally {
                transport.close();
                connections.left(this);
                listener.connectionClosed();
            }
        }

        private void serve() throws IOException, InterruptedException {
            Chosen chosen = handshake();
            if (chosen == null) {
                return;
            }
            try (var export = chosen.export()) {
                Transmission running = new Transmission(chosen, export.size(), deadlines, buffers.share(), options);
                transmission = running;
                running.run();
            }
        }

        private @Nullable Chosen handshake() throws IOException {
            var timeouts = options.timeouts();
            try (Deadlines.Deadline authentication = authentication();
                    Deadlines.Deadline _ = deadlines.set(timeouts.handshake(), this::cut);
                    ServerHandshake handshake = new ServerHandshake(transport, acceptor.tls(), exports, listener)) {
                return handshake.run(() -> {
                    authentication.met();
                    if (!connections.admit(this)) {
                        throw new IOException("too many connections");
                    }
                });
            }
        }

        private Deadlines.Deadline authentication() {
            return acceptor.tls() == null
                    ? () -> {}
                    : deadlines.set(options.timeouts().authentication(), this::cut);
        }
    }
}
