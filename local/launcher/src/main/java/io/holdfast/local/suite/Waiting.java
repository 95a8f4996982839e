package io.holdfast.local.suite;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that nobody can signal: another process's. */
public final class Waiting {

    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(50).toNanos();

    /** Looks until {@code condition} holds; false when {@code deadline} passed first. */
    public static boolean until(BooleanSupplier condition, Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return true;
    }

    private Waiting() {}
}
