package io.holdfast.nbd.server;

import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdExports;
import io.holdfast.nbd.NbdServer;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.nbd.server.handshake.Chosen;
import io.holdfast.nbd.server.handshake.ServerHandshake;
import io.holdfast.nbd.wire.Transport;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Accepts connections and serves each on a virtual thread of its own. */
public final class Endpoint implements AutoCloseable {

    /** All buffers of a server together: 32 MiB. */
    private static final int MAX_BUFFERS = 128;

    private static final long PAUSE_AFTER_FAILURE_MILLIS = 100;

    private final Acceptor acceptor;
    private final NbdExports exports;
    private final NbdServerOptions options;
    private final NbdServer.Listener listener;
    private final Deadlines deadlines = new Deadlines();
    private final BufferPool buffers;
    private final Semaphore room;
    private final Set<Served> served = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Endpoint(Acceptor acceptor, NbdExports exports, NbdServerOptions options) {
        this.acceptor = acceptor;
        this.exports = exports;
        this.options = options;
        this.listener = options.listener();
        this.room = new Semaphore(options.maxConnections());
        int wanted = options.maxConnections() * options.maxRequestsPerConnection();
        this.buffers = new BufferPool(Math.min(MAX_BUFFERS, wanted));
    }

    public static Endpoint open(NbdAddress at, NbdExports exports, NbdServerOptions options) throws IOException {
        Endpoint endpoint = new Endpoint(Acceptor.listen(at, options.socketPermissions()), exports, options);
        Thread.ofVirtual().name("nbd-accept").start(endpoint::acceptAll);
        return endpoint;
    }

    public NbdAddress address() {
        return acceptor.address();
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
            served.forEach(Served::drain);
            if (!awaitAllGone()) {
                served.forEach(Served::cut);
                awaitAllGone();
            }
            deadlines.close();
        }
    }

    private boolean awaitAllGone() {
        try {
            boolean gone = room.tryAcquire(
                    options.maxConnections(), options.closeGrace().toNanos(), TimeUnit.NANOSECONDS);
            if (gone) {
                room.release(options.maxConnections());
            }
            return gone;
        } catch (InterruptedException e) {
            served.forEach(Served::cut);
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void acceptAll() {
        while (!closing.get()) {
            try {
                accepted(acceptor.accept());
            } catch (IOException e) {
                if (!closing.get()) {
                    listener.connectionFailed(e);
                    pause();
                }
            }
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
        if (!room.tryAcquire()) {
            transport.close();
            listener.connectionFailed(new IOException("too many connections"));
            return;
        }
        Served connection = new Served(transport);
        served.add(connection);
        connection.thread.start();
        if (closing.get()) {
            connection.cut();
        }
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
            listener.connectionOpened();
            try {
                serve();
            } catch (IOException | RuntimeException e) {
                listener.connectionFailed(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                transport.close();
                served.remove(this);
                room.release();
                listener.connectionClosed();
            }
        }

        private void serve() throws IOException, InterruptedException {
            Chosen chosen = handshake();
            if (chosen == null) {
                return;
            }
            try (var export = chosen.export()) {
                Transmission running = new Transmission(chosen, export.size(), deadlines, buffers, options);
                transmission = running;
                running.run();
            }
        }

        private @Nullable Chosen handshake() throws IOException {
            try (Deadlines.Deadline _ = deadlines.set(options.handshakeTimeout(), this::cut);
                    ServerHandshake handshake = new ServerHandshake(transport, acceptor.tls(), exports, listener)) {
                return handshake.run();
            }
        }
    }
}
