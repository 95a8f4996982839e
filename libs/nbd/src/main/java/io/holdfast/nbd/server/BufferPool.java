package io.holdfast.nbd.server;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of data on their way to a client, reused. Every connection can have one of its own at any time; more come from a
 * common store, up to a quota for each. So clients that take their data slowly can make others slow, but never stop them.
 */
final class BufferPool {

    /** Bytes of one piece. Large enough that system calls do not matter, small enough to have many. */
    static final int PIECE = 256 << 10;

    private final int quota;
    private final int mostIdle;
    private final Supplier<ByteBuffer> fresh;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();
    private int common;

    /**
     * @param common buffers beside the one of each connection
     * @param quota buffers of one connection at once
     */
    BufferPool(int common, int quota) {
        this(common, quota, () -> ByteBuffer.allocate(PIECE));
    }

    BufferPool(int common, int quota, Supplier<ByteBuffer> fresh) {
        this.common = common;
        this.mostIdle = common;
        this.quota = quota;
        this.fresh = fresh;
    }

    /** The part of one connection. */
    Share share() {
        return new Share();
    }

    /** What one connection holds. */
    final class Share {
        private final Semaphore mine = new Semaphore(quota);
        // Guarded by the pool's lock; the first one held is the connection's own, the others are common.
        private int held;

        /** Waits for a buffer; give it back. */
        ByteBuffer take() throws InterruptedException {
            mine.acquire();
            boolean taken = false;
            try {
                ByteBuffer buffer = enter();
                taken = true;
                return buffer;
            } finally {
                if (!taken) {
                    mine.release();
                }
            }
        }

        private ByteBuffer enter() throws InterruptedException {
            ByteBuffer kept;
            lock.lockInterruptibly();
            try {
                while (held > 0 && common == 0) {
                    freed.await();
                }
                if (held++ > 0) {
                    common--;
                }
                kept = idle.poll();
            } finally {
                lock.unlock();
            }
            return kept == null ? allocate() : kept;
        }

        /** There may be no memory for it. Then the place is free again. */
        private ByteBuffer allocate() {
            ByteBuffer made = null;
            try {
                made = fresh.get();
                return made;
            } finally {
                if (made == null) {
                    leave(null);
                }
            }
        }

        void giveBack(ByteBuffer buffer) {
            leave(buffer);
            mine.release();
        }

        private void leave(@Nullable ByteBuffer buffer) {
            lock.lock();
            try {
                if (--held > 0) {
                    common++;
                }
                if (buffer != null && idle.size() < mostIdle) {
                    idle.add(buffer);
                }
                freed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
