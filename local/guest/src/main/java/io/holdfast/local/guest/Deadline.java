package io.holdfast.local.guest;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A point on the monotonic clock by which something must have happened. Immutable, thread-safe. */
public final class Deadline {
    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    /** The deadline that lies {@code length} (from zero up to a few days) from now. */
    public static Deadline after(Duration length) {
        return new Deadline(System.nanoTime() + length.toNanos());
    }

    /** What is left, never negative. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
    }

    public boolean passed() {
        return endNanos - System.nanoTime() <= 0;
    }

    /**
     * Asks {@code condition} every {@code interval} until it holds or this deadline passes.
     *
     * @return whether it held
     */
    public <X extends Exception> boolean until(Duration interval, Condition<X> condition)
            throws X, InterruptedException {
        // Nobody releases this semaphore: it is a wait that an interrupt ends.
        Semaphore never = new Semaphore(0);
        while (!condition.holds()) {
            if (passed()) {
                return false;
            }
            never.tryAcquire(Math.min(interval.toNanos(), left().toNanos() + 1), TimeUnit.NANOSECONDS);
        }
        return true;
    }

    /** Something that is asked again and again. */
    @FunctionalInterface
    public interface Condition<X extends Exception> {
        boolean holds() throws X;
    }
}
