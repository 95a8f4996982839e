package io.holdfast.restore.app;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the reads of all vaults together, since each takes memory, and those of each vault so that others go on when its store
 * hangs: a vault's reads never take the last that are free, and a vault that has none may always begin one. Thread-safe.
 */
final class ReadBound {

    /**
     * Reads at once, and one more for each vault. Each holds at most eight frames of 256 KiB as they are stored and as they
     * were, some of a block map's nodes, and the extents of 64 MiB: below 6 MiB. A vault alone may have two thirds of them, which hides the time that a
     * store takes to answer.
     */
    static final int READS_AT_ONCE = 20;

    // All that follows is guarded by this.
    private int free = READS_AT_ONCE;

    /** The reads of one vault; those that wait begin in the order in which they came. */
    final class Share {

        private final Deque<Thread> waiting = new ArrayDeque<>();
        private int held;

        /** Waits until a read may begin. */
        void enter() throws InterruptedException {
            synchronized (ReadBound.this) {
                Thread me = Thread.currentThread();
                waiting.addLast(me);
                try {
                    while (waiting.peekFirst() != me || !mayBegin()) {
                        ReadBound.this.wait();
                    }
                    held++;
                    free--;
                } finally {
                    waiting.remove(me);
                    ReadBound.this.notifyAll();
                }
            }
        }

        private boolean mayBegin() {
            return held == 0 || held < 2 * free;
        }

        /** A read has ended. */
        void leave() {
            synchronized (ReadBound.this) {
                held--;
                free++;
                ReadBound.this.notifyAll();
            }
        }
    }

    Share share() {
        return new Share();
    }
}
