package io.holdfast.nbd.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A unix socket. */
public final class UnixTransport implements Transport {

    /** A heap buffer goes through a temporary direct one of its size: keep that small. */
    private static final int STEP = 256 << 10;

    private final SocketChannel channel;

    public UnixTransport(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int limit = target.limit();
        target.limit(Math.min(limit, target.position() + STEP));
        try {
            return channel.read(target);
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public void write(ByteBuffer... parts) throws IOException {
        for (int first = 0; first < parts.length; ) {
            if (parts[first].hasRemaining()) {
                channel.write(parts, first, parts.length - first);
            } else {
                first++;
            }
        }
    }

    @Override
    public void shutdownInput() {
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            close();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Nothing can be done about it, and the descriptor is gone.
        }
    }
}
