package io.holdfast.storage;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Time for deadlines and back-off: a reading that never goes back, and a way to let time pass. Tests hand in a clock that
 * moves when code pauses. Safe for any number of threads.
 */
public interface MonotonicClock {

    /** Nanoseconds since an unnamed moment; only differences mean something. */
    long nanos();

    /** Lets {@code time} pass. */
    void pause(Duration time) throws InterruptedException;

    /** The machine's own. */
    static MonotonicClock system() {
        return SystemClock.INSTANCE;
    }

    /** {@link System#nanoTime()} and a wait that nothing but an interrupt shortens. */
    enum SystemClock implements MonotonicClock {
        INSTANCE;

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            long end = System.nanoTime() + time.toNanos();
            CountDownLatch never = new CountDownLatch(1);
            for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
                if (never.await(left, TimeUnit.NANOSECONDS)) {
                    throw new IllegalStateException("nobody counts this latch down");
                }
            }
        }
    }
}
