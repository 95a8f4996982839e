package io.holdfast.nbd;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A client that says whatever a test wants. */
final class RawClient implements AutoCloseable {

    final DataInputStream in;
    final DataOutputStream out;
    private final java.io.Closeable connection;

    RawClient(NbdAddress at) throws IOException {
        if (at instanceof NbdAddress.Unix unix) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(unix.socket()));
            connection = channel;
            in = new DataInputStream(Channels.newInputStream(channel));
            out = new DataOutputStream(Channels.newOutputStream(channel));
        } else {
            Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), ((NbdAddress.Tls) at).port());
            connection = socket;
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
        }
    }

    /** Takes the greeting and answers it. */
    RawClient greet() throws IOException {
        in.skipNBytes(18);
        out.writeInt(3);
        return this;
    }

    /** Sends an option; returns the type of its first reply, the payload skipped. */
    int option(int option, byte... payload) throws IOException {
        sendOption(option, payload);
        return reply();
    }

    void sendOption(int option, byte... payload) throws IOException {
        out.writeBytes("IHAVEOPT");
        out.writeInt(option);
        out.writeInt(payload.length);
        out.write(payload);
        out.flush();
    }

    /** Says that so many bytes follow, and sends none: a server that refuses them ends the connection before it has read them. */
    int announce(int option, int length) throws IOException {
        out.writeBytes("IHAVEOPT");
        out.writeInt(option);
        out.writeInt(length);
        out.flush();
        return reply();
    }

    int reply() throws IOException {
        in.skipNBytes(12);
        int type = in.readInt();
        in.skipNBytes(in.readInt());
        return type;
    }

    /** Chooses an export the old way; returns its size. */
    long export(String name) throws IOException {
        sendOption(1, name.getBytes(StandardCharsets.UTF_8));
        long size = in.readLong();
        in.readShort();
        return size;
    }

    void request(int flags, int type, long cookie, long offset, int length) throws IOException {
        out.writeInt(0x25609513);
        out.writeShort(flags);
        out.writeShort(type);
        out.writeLong(cookie);
        out.writeLong(offset);
        out.writeInt(length);
        out.flush();
    }

    /** The error number of a simple reply to that request. */
    int simple(long cookie) throws IOException {
        int magic = in.readInt();
        int error = in.readInt();
        long found = in.readLong();
        if (magic != ScriptedServer.SIMPLE || found != cookie) {
            throw new AssertionError("not a simple reply to " + cookie + ": " + magic + ", " + found);
        }
        return error;
    }

    /** Whether the server has closed; waits for it. */
    boolean ended() {
        return takeRest() >= 0;
    }

    /** Takes what the server still had to say, until it closes or resets the connection; the number of bytes. */
    long takeRest() {
        byte[] bytes = new byte[64 << 10];
        long taken = 0;
        try {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                taken += count;
            }
        } catch (IOException reset) {
            // An end as well.
        }
        return taken;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
