package io.holdfast.nbd.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;

/** TCP, in clear or under TLS. */
public final class SocketTransport implements Transport {

    private static final String[] CLIENT_PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /**
     * Only 1.2: GnuTLS 3.7 (QEMU on Debian 12) sends no RSA certificate to a TLS 1.3 server that does not also list the
     * old RSA signatures, and the JDK does not list them any more. Seen: "Empty client certificate chain".
     */
    private static final String[] SERVER_PROTOCOLS = {"TLSv1.2"};

    private final Socket raw;
    private final InputStream in;
    private final OutputStream out;

    /** Joins small parts, so that a header and its data leave in one packet and one TLS record. */
    private final byte[] staging = new byte[64 << 10];

    private SocketTransport(Socket raw, Socket talking) throws IOException {
        this.raw = raw;
        this.in = talking.getInputStream();
        this.out = talking.getOutputStream();
    }

    /** TCP in clear over a connected socket. */
    public static SocketTransport clear(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        keepAlive(socket);
        return new SocketTransport(socket, socket);
    }

    /**
     * Finds out within about two minutes that the peer's machine is gone, however idle the connection; the system's own
     * default is two hours. A peer that is there and idle is left alone.
     */
    private static void keepAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        Set<SocketOption<?>> options = socket.supportedOptions();
        if (options.contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 15);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 4);
        }
    }

    /** Begins TLS as the client on this connection; the server's certificate must name {@code host}. */
    public SocketTransport tlsClient(SSLContext context, String host) throws IOException {
        SSLSocket socket = layer(context, host);
        socket.setUseClientMode(true);
        socket.setEnabledProtocols(CLIENT_PROTOCOLS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new SocketTransport(raw, socket);
    }

    /** Begins TLS as the server; a client without a certificate of our authority fails the handshake. */
    public SocketTransport tlsServer(SSLContext context) throws IOException {
        SSLSocket socket = layer(context, raw.getInetAddress().getHostAddress());
        socket.setUseClientMode(false);
        socket.setEnabledProtocols(SERVER_PROTOCOLS);
        socket.setEnabledCipherSuites(authenticated(socket.getEnabledCipherSuites()));
        socket.setNeedClientAuth(true);
        socket.startHandshake();
        return new SocketTransport(raw, socket);
    }

    private SSLSocket layer(SSLContext context, String host) throws IOException {
        return (SSLSocket) context.getSocketFactory().createSocket(raw, host, raw.getPort(), true);
    }

    /** Forward secret suites with authenticated encryption: those of TLS 1.3, and their like of 1.2. */
    private static String[] authenticated(String[] suites) {
        return Arrays.stream(suites)
                .filter(suite -> suite.startsWith("TLS_ECDHE_"))
                .filter(suite -> suite.contains("_GCM_") || suite.contains("_CHACHA20_"))
                .toArray(String[]::new);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (target.hasArray()) {
            int count = in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
            if (count > 0) {
                target.position(target.position() + count);
            }
            return count;
        }
        byte[] copy = new byte[Math.min(target.remaining(), 16 << 10)];
        int count = in.read(copy);
        if (count > 0) {
            target.put(copy, 0, count);
        }
        return count;
    }

    @Override
    public void write(ByteBuffer... parts) throws IOException {
        int filled = 0;
        for (ByteBuffer part : parts) {
            while (part.hasRemaining()) {
                int step = Math.min(part.remaining(), staging.length - filled);
                part.get(staging, filled, step);
                filled += step;
                if (filled == staging.length) {
                    out.write(staging, 0, filled);
                    filled = 0;
                }
            }
        }
        if (filled > 0) {
            out.write(staging, 0, filled);
        }
        out.flush();
    }

    @Override
    public void shutdownInput() {
        try {
            raw.shutdownInput();
        } catch (IOException e) {
            close();
        }
    }

    @Override
    public void close() {
        try {
            // The plain socket: closing the TLS one would wait for a writer that is stuck.
            raw.close();
        } catch (IOException ignored) {
            // Nothing can be done about it, and the descriptor is gone.
        }
    }
}
