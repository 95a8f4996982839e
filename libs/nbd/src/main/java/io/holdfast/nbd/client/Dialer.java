package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.wire.SocketTransport;
import io.holdfast.nbd.wire.Transport;
import io.holdfast.nbd.wire.UnixTransport;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes the connection, up to the point where options are exchanged; can be closed by another thread at any time. */
final class Dialer implements AutoCloseable {

    private static final int GREETING_BUFFER = 64;

    private final NbdAddress address;
    private final Duration timeout;
    private @Nullable Transport open;
    private boolean closed;

    Dialer(NbdAddress address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
    }

    /** A greeted connection, under TLS if the address says so. */
    Transport dial() throws IOException {
        return switch (address) {
            case NbdAddress.Unix unix -> greeted(unix(unix.socket()));
            case NbdAddress.Tcp tcp -> greeted(tcp(tcp.host(), tcp.port(), true));
            case NbdAddress.Tls tls -> tls(tls);
        };
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (open != null) {
            open.close();
        }
    }

    private Transport unix(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Transport transport = new UnixTransport(channel);
        own(transport);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return transport;
    }

    private SocketTransport tcp(String host, int port, boolean loopbackOnly) throws IOException {
        InetAddress resolved = InetAddress.getByName(host);
        if (loopbackOnly && !resolved.isLoopbackAddress()) {
            throw new NbdException(NbdException.Kind.TLS, "without TLS only loopback is allowed");
        }
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(resolved, port), (int) Math.min(timeout.toMillis() + 1, 600_000));
            SocketTransport transport = SocketTransport.clear(socket);
            own(transport);
            return transport;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Transport tls(NbdAddress.Tls tls) throws IOException {
        SSLContext context = tls.tls().clientContext();
        SocketTransport clear = tcp(tls.host(), tls.port(), false);
        WireInput in = new WireInput(clear, GREETING_BUFFER);
        Handshake.greet(clear, in);
        Handshake.startTls(clear, in);
        try {
            return clear.tlsClient(context, tls.host());
        } catch (SSLException e) {
            throw new NbdException(NbdException.Kind.TLS, "the TLS handshake with the NBD server failed", e);
        }
    }

    private static Transport greeted(Transport transport) throws IOException {
        // The server sends nothing more until the first option: a buffer of the greeting's own loses nothing.
        WireInput in = new WireInput(transport, GREETING_BUFFER);
        Handshake.greet(transport, in);
        if (in.hasBuffered()) {
            throw NbdException.protocol("the server sent more than its greeting");
        }
        return transport;
    }

    private synchronized void own(Transport transport) throws IOException {
        open = transport;
        if (closed) {
            transport.close();
            throw new IOException("closed while connecting");
        }
    }
}
