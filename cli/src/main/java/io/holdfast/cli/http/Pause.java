package io.holdfast.cli.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting between two tries; a port, so that tests need not wait. */
@FunctionalInterface
public interface Pause {

    /** Returns after that long, or throws when the thread is interrupted. */
    void of(Duration time) throws InterruptedException;

    /** Waits by the machine's clock. */
    static Pause real() {
        // Nobody counts this latch down: the wait ends by its timeout or by an interrupt.
        return time -> {
            if (new CountDownLatch(1).await(Math.max(0, time.toNanos()), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("A latch nobody has was opened.");
            }
        };
    }
}
