package io.holdfast.nbd.wire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connected byte stream. One thread may read while another one writes; several writers need a lock of their own. The
 * calls block; a {@link #close()} from any thread ends them.
 */
public interface Transport extends Closeable {

    /** Reads at least one byte into {@code target} (which has room), or returns -1 at the end of the stream. */
    int read(ByteBuffer target) throws IOException;

    /** Writes all remaining bytes of all parts, in order. */
    void write(ByteBuffer... parts) throws IOException;

    /** Lets the reader see the end of the stream; what was to be written may still be. Never blocks. */
    void shutdownInput();

    /** Cuts the connection. Never blocks, never fails, may be called twice. */
    @Override
    void close();
}
