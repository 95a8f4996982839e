package io.holdfast.nbd.server;

import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.wire.SocketFile;
import io.holdfast.nbd.wire.SocketTransport;
import io.holdfast.nbd.wire.Transport;
import io.holdfast.nbd.wire.UnixTransport;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A listening socket of any kind. */
sealed interface Acceptor extends Closeable {

    Transport accept() throws IOException;

    /** With the port that was really taken. */
    NbdAddress address();

    /** What TLS is to be done with, or {@code null} for none. */
    default @Nullable SSLContext tls() {
        return null;
    }

    static Acceptor listen(NbdAddress at, Set<PosixFilePermission> permissions) throws IOException {
        return switch (at) {
            case NbdAddress.Unix unix -> new OnUnix(unix, SocketFile.listen(unix.socket(), permissions));
            case NbdAddress.Tcp tcp -> {
                ServerSocket socket = bind(tcp.host(), tcp.port());
                yield new OnTcp(new NbdAddress.Tcp(tcp.host(), socket.getLocalPort()), socket, null);
            }
            case NbdAddress.Tls tls -> {
                SSLContext context = tls.tls().serverContext();
                ServerSocket socket = bind(tls.host(), tls.port());
                NbdAddress actual = new NbdAddress.Tls(tls.host(), socket.getLocalPort(), tls.tls());
                yield new OnTcp(actual, socket, context);
            }
        };
    }

    private static ServerSocket bind(String host, int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            // A restarted server has to get its port back while old connections linger.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port), 128);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** A unix socket. */
    record OnUnix(NbdAddress address, SocketFile file) implements Acceptor {
        @Override
        public Transport accept() throws IOException {
            return new UnixTransport(file.accept());
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    /** TCP, with TLS or without. */
    record OnTcp(
            NbdAddress address,
            ServerSocket socket,
            @Nullable SSLContext tls) implements Acceptor {
        @Override
        public Transport accept() throws IOException {
            Socket accepted = socket.accept();
            try {
                return SocketTransport.clear(accepted);
            } catch (IOException e) {
                accepted.close();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
