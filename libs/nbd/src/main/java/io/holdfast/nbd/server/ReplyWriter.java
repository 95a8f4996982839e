package io.holdfast.nbd.server;

import io.holdfast.nbd.wire.Protocol;
import io.holdfast.nbd.wire.Protocol.Chunk;
import io.holdfast.nbd.wire.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Sends replies of several requests, one message at a time. A peer that does not take them in time is cut off. */
final class ReplyWriter {

    private final Transport transport;
    private final Deadlines deadlines;
    private final Duration stallTimeout;
    private final boolean structured;
    private final ReentrantLock lock = new ReentrantLock();

    ReplyWriter(Transport transport, Deadlines deadlines, Duration stallTimeout, boolean structured) {
        this.transport = transport;
        this.deadlines = deadlines;
        this.stallTimeout = stallTimeout;
        this.structured = structured;
    }

    boolean structured() {
        return structured;
    }

    void error(long cookie, int errno) throws IOException {
        if (structured) {
            ByteBuffer payload = ByteBuffer.allocate(6).putInt(errno).putShort((short) 0);
            chunk(cookie, Chunk.ERROR, true, payload.flip());
        } else {
            simple(cookie, errno);
        }
    }

    void hole(long cookie, boolean last, long offset, int length) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(12).putLong(offset).putInt(length);
        chunk(cookie, Chunk.OFFSET_HOLE, last, payload.flip());
    }

    void data(long cookie, boolean last, long offset, ByteBuffer data) throws IOException {
        chunk(
                cookie,
                Chunk.OFFSET_DATA,
                last,
                ByteBuffer.allocate(8).putLong(offset).flip(),
                data);
    }

    void chunk(long cookie, int type, boolean last, ByteBuffer... payload) throws IOException {
        int length = 0;
        for (ByteBuffer part : payload) {
            length += part.remaining();
        }
        ByteBuffer header = ByteBuffer.allocate(20);
        header.putInt(Protocol.STRUCTURED_REPLY_MAGIC).putShort((short) (last ? Chunk.FLAG_DONE : 0));
        header.putShort((short) type).putLong(cookie).putInt(length).flip();
        ByteBuffer[] parts = new ByteBuffer[payload.length + 1];
        parts[0] = header;
        System.arraycopy(payload, 0, parts, 1, payload.length);
        write(parts);
    }

    void simple(long cookie, int errno) throws IOException {
        write(simpleHeader(cookie, errno));
    }

    /** More data of a simple reply that is sent while this thread holds {@link #exclusively}. */
    void write(ByteBuffer... parts) throws IOException {
        lock.lock();
        try (Deadlines.Deadline _ = deadlines.set(stallTimeout, transport::close)) {
            transport.write(parts);
        } finally {
            lock.unlock();
        }
    }

    static ByteBuffer simpleHeader(long cookie, int errno) {
        ByteBuffer header = ByteBuffer.allocate(16);
        return header.putInt(Protocol.SIMPLE_REPLY_MAGIC)
                .putInt(errno)
                .putLong(cookie)
                .flip();
    }

    /** Keeps other replies out while one is sent in several writes. */
    void exclusively(Sending sending) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            sending.send();
        } finally {
            lock.unlock();
        }
    }

    /** A reply of several writes. */
    @FunctionalInterface
    interface Sending {
        void send() throws IOException, InterruptedException;
    }
}
