package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.wire.Protocol;
import io.holdfast.nbd.wire.Protocol.Chunk;
import io.holdfast.nbd.wire.Protocol.Errno;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A request on the wire. The reader thread alone feeds it; whoever waits for {@link #done} sees all of what was read.
 */
abstract sealed class Pending permits PendingRead, PendingStatus, PendingChange {

    private static final int MAX_ERRORS = 64;

    final int command;
    final long offset;
    final int length;
    final ByteBuffer body;
    final CountDownLatch done = new CountDownLatch(1);

    private int errno;
    private int errors;
    private @Nullable NbdException failure;

    /** {@code length} as 32 bits without sign. */
    Pending(int command, long offset, int length) {
        this(command, offset, length, ByteBuffer.allocate(0));
    }

    /** {@code body} goes with the request. */
    Pending(int command, long offset, int length, ByteBuffer body) {
        this.command = command;
        this.offset = offset;
        this.length = length;
        this.body = body;
    }

    /** Reads and checks one chunk's payload. */
    abstract void onChunk(int type, long payload, WireInput in) throws IOException;

    /** Reads what follows a simple reply without error. */
    abstract void onSimpleSuccess(WireInput in, boolean structured) throws IOException;

    /** Checks, at the end of a reply without error, that it is whole. */
    abstract void checkWhole();

    /** One chunk of a structured reply. */
    final void chunk(int type, int flags, long payload, WireInput in) throws IOException {
        if ((type & Chunk.ERROR_BIT) != 0) {
            errorChunk(type, payload, in);
        } else if (type == Chunk.NONE) {
            if (payload != 0 || (flags & Chunk.FLAG_DONE) == 0) {
                throw NbdException.protocol("an empty chunk that does not end its reply");
            }
        } else {
            onChunk(type, payload, in);
        }
    }

    final void simple(int error, WireInput in, boolean structured) throws IOException {
        if (error == 0) {
            onSimpleSuccess(in, structured);
        } else {
            errno = error;
        }
    }

    /** The reply is over: decides what becomes of the request. */
    final void end() {
        if (errno != 0) {
            failure = NbdException.remote(errno, "the NBD server answered " + Errno.name(errno));
        } else {
            checkWhole();
        }
        done.countDown();
    }

    /** The connection is over. */
    final void abandon(NbdException reason) {
        failure = reason;
        done.countDown();
    }

    /** After {@link #done}: throws what went wrong, as an exception of the calling thread. */
    final void check() {
        NbdException found = failure;
        if (found != null) {
            throw found.kind() == NbdException.Kind.REMOTE
                    ? found
                    : new NbdException(found.kind(), String.valueOf(found.getMessage()), found);
        }
    }

    private void errorChunk(int type, long payload, WireInput in) throws IOException {
        int tail = type == Chunk.ERROR_OFFSET ? 8 : 0;
        if (payload < 6 + tail || payload > 6 + tail + Protocol.MAX_STRING || ++errors > MAX_ERRORS) {
            throw NbdException.protocol("an error chunk with " + payload + " bytes, or too many of them");
        }
        int error = in.i32();
        int message = in.u16();
        boolean known = type == Chunk.ERROR || type == Chunk.ERROR_OFFSET;
        if (error == 0 || message > payload - 6 || (known && message != payload - 6 - tail)) {
            throw NbdException.protocol("an error chunk that contradicts itself");
        }
        // The text is the server's and may hold names: the number says enough.
        in.skip(payload - 6);
        if (errno == 0) {
            errno = error;
        }
    }
}
