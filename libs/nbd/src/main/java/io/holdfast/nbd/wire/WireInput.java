package io.holdfast.nbd.wire;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads the protocol's fields from a transport, through a buffer for the small ones. For one thread at a time. */
public final class WireInput {

    private final Transport transport;
    private final ByteBuffer buffer;

    public WireInput(Transport transport, int bufferBytes) {
        this.transport = transport;
        this.buffer = ByteBuffer.allocate(bufferBytes).limit(0);
    }

    /** Waits for the next byte; false when the stream ended here, between two messages. */
    public boolean awaitMore() throws IOException {
        if (buffer.hasRemaining()) {
            return true;
        }
        buffer.clear();
        int count = transport.read(buffer);
        buffer.flip();
        return count > 0;
    }

    /** Whether bytes were received that nobody has asked for yet. */
    public boolean hasBuffered() {
        return buffer.hasRemaining();
    }

    public int u16() throws IOException {
        need(2);
        return Short.toUnsignedInt(buffer.getShort());
    }

    public int i32() throws IOException {
        need(4);
        return buffer.getInt();
    }

    public long u32() throws IOException {
        return Integer.toUnsignedLong(i32());
    }

    public long i64() throws IOException {
        need(8);
        return buffer.getLong();
    }

    /** {@code count} bytes; the caller has bounded the count. */
    public byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        into(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** Fills all of {@code target}. */
    public void into(ByteBuffer target) throws IOException {
        drain(target);
        while (target.hasRemaining()) {
            if (target.remaining() >= buffer.capacity()) {
                if (transport.read(target) < 0) {
                    throw new EOFException("the connection ended within a message");
                }
            } else {
                need(1);
                drain(target);
            }
        }
    }

    /** Throws {@code count} bytes away. */
    public void skip(long count) throws IOException {
        for (long left = count; left > 0; ) {
            need(1);
            int step = (int) Math.min(left, buffer.remaining());
            buffer.position(buffer.position() + step);
            left -= step;
        }
    }

    /** UTF-8 without a NUL, strictly; null-free text or a {@link CharacterCodingException}. */
    public static String text(byte[] bytes) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
        if (text.indexOf('\0') >= 0) {
            throw new CharacterCodingException();
        }
        return text;
    }

    private void drain(ByteBuffer target) {
        int step = Math.min(target.remaining(), buffer.remaining());
        if (step > 0) {
            target.put(target.position(), buffer, buffer.position(), step);
            target.position(target.position() + step);
            buffer.position(buffer.position() + step);
        }
    }

    private void need(int count) throws IOException {
        if (buffer.remaining() >= count) {
            return;
        }
        buffer.compact();
        try {
            while (buffer.position() < count) {
                if (transport.read(buffer) < 0) {
                    throw new EOFException("the connection ended within a message");
                }
            }
        } finally {
            buffer.flip();
        }
    }
}
