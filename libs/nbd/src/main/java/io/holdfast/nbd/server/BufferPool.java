package io.holdfast.nbd.server;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/** Pieces of data on their way to a client: at most {@code count} at once, reused. */
final class BufferPool {

    /** Bytes of one piece. Large enough that system calls do not matter, small enough to have many. */
    static final int PIECE = 256 << 10;

    private final Semaphore free;
    private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();

    BufferPool(int count) {
        free = new Semaphore(count);
    }

    /** Waits for a buffer; give it back. */
    ByteBuffer take() throws InterruptedException {
        free.acquire();
        ByteBuffer buffer = idle.poll();
        return buffer == null ? ByteBuffer.allocate(PIECE) : buffer;
    }

    void giveBack(ByteBuffer buffer) {
        idle.add(buffer);
        free.release();
    }
}
