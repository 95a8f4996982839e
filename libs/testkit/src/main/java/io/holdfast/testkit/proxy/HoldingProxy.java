package io.holdfast.testkit.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Forwards a loopback port or a unix socket to another one, byte for byte, and stops where a {@link Hold} says: between two
 * arrows of an operation, so that a test can kill a process exactly there. Knows nothing of the protocols it carries. Any
 * number of connections; safe for use by several threads.
 */
public final class HoldingProxy implements AutoCloseable {

    private final SocketAddress target;
    private final ServerSocketChannel listener;
    private final @Nullable Path socketFile;
    private final List<Hold> holds = new CopyOnWriteArrayList<>();
    private final List<Tap> taps = new CopyOnWriteArrayList<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private HoldingProxy(SocketAddress target, ServerSocketChannel listener, @Nullable Path socketFile) {
        this.target = target;
        this.listener = listener;
        this.socketFile = socketFile;
        Thread.ofVirtual().name("holding-proxy-accept").start(this::accept);
    }

    /** Listens on a free loopback port in front of a loopback port. */
    public static HoldingProxy inFrontOf(int port) {
        return listen(0, port);
    }

    /** Listens on {@code listenPort} (0: any free one) in front of a loopback port. */
    public static HoldingProxy listen(int listenPort, int port) {
        try {
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            ServerSocketChannel listener = ServerSocketChannel.open();
            listener.bind(new InetSocketAddress(loopback, listenPort));
            return new HoldingProxy(new InetSocketAddress(loopback, port), listener, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Listens on a unix socket in front of another one. */
    public static HoldingProxy inFrontOf(Path socket, Path listenOn) {
        try {
            Files.deleteIfExists(listenOn);
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(listenOn));
            return new HoldingProxy(UnixDomainSocketAddress.of(socket), listener, listenOn);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port it listens on; only for the TCP form. */
    public int port() {
        try {
            return ((InetSocketAddress) listener.getLocalAddress()).getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Stops at the n-th time that {@code pattern} (UTF-8) passes from now on: from a client to the server, or the other way
     * for {@link Hold.Side#ANSWER}.
     */
    public Hold hold(Hold.Side side, String pattern, int nth) {
        return hold(side, pattern.getBytes(StandardCharsets.UTF_8), nth);
    }

    /** The same for protocols that are no text. */
    public Hold hold(Hold.Side side, byte[] pattern, int nth) {
        Hold hold = new Hold(pattern, nth, side);
        holds.add(hold);
        return hold;
    }

    /** Lets {@code tap} hear every connection that is made from now on. */
    public void tap(Tap tap) {
        taps.add(tap);
    }

    /** Closes every connection that is open now; new ones are still taken. */
    public void cutAll() {
        open.forEach(HoldingProxy::closeQuietly);
    }

    @Override
    public void close() {
        closeQuietly(listener);
        holds.forEach(Hold::cut);
        cutAll();
        if (socketFile != null) {
            try {
                Files.deleteIfExists(socketFile);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel client = listener.accept();
                Thread.ofVirtual().name("holding-proxy").start(() -> serve(client));
            } catch (IOException e) {
                closeQuietly(listener);
            }
        }
    }

    private void serve(SocketChannel client) {
        open.add(client);
        SocketChannel server;
        try {
            server = SocketChannel.open(target);
        } catch (IOException e) {
            closeQuietly(client);
            open.remove(client);
            return;
        }
        open.add(server);
        ReplyGate gate = new ReplyGate();
        Thread.ofVirtual().name("holding-proxy-up").start(() -> pump(client, server, gate, true));
        pump(server, client, gate, false);
    }

    private void pump(SocketChannel from, SocketChannel to, ReplyGate gate, boolean requests) {
        List<Watched> watched = new ArrayList<>();
        List<Tap.Listener> listeners =
                requests ? taps.stream().map(Tap::connected).toList() : List.of();
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        try {
            while (from.read(buffer.clear()) >= 0) {
                int length = buffer.flip().remaining();
                for (Tap.Listener listener : listeners) {
                    listener.sent(Arrays.copyOf(buffer.array(), length));
                }
                boolean passes = (requests || gate.pass()) && passes(watched, buffer.array(), length, gate, requests);
                if (!passes) {
                    break;
                }
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        } catch (IOException e) {
            // A closed or reset connection is what this proxy is for: the other half is closed below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeQuietly(from);
            closeQuietly(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private boolean passes(List<Watched> watched, byte[] chunk, int length, ReplyGate gate, boolean requests)
            throws InterruptedException {
        for (Hold hold : holds) {
            boolean looksHere = requests == (hold.side() != Hold.Side.ANSWER);
            if (looksHere && watched.stream().noneMatch(w -> w.hold == hold)) {
                watched.add(new Watched(hold, new PatternFinder(hold.pattern())));
            }
        }
        for (Watched w : watched) {
            for (int found = w.finder.feed(chunk, length); found > 0; found--) {
                if (!w.hold.sighted()) {
                    continue;
                }
                if (w.hold.side() == Hold.Side.REPLY) {
                    gate.shut(w.hold);
                } else if (!w.hold.stop()) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void closeQuietly(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing a socket failed", e);
        }
    }

    private record Watched(Hold hold, PatternFinder finder) {}

    /** Withholds the next reply bytes of one connection. */
    private static final class ReplyGate {
        private volatile @Nullable Hold shut;

        void shut(Hold hold) {
            shut = hold;
        }

        boolean pass() throws InterruptedException {
            Hold hold = shut;
            shut = null;
            return hold == null || hold.stop();
        }
    }
}
