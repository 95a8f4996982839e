package io.holdfast.nbd.server;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Cuts connections whose peer takes too long. */
final class Deadlines implements AutoCloseable {

    private final ScheduledThreadPoolExecutor timer;

    Deadlines() {
        timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("nbd-deadlines").factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** A deadline that was set. */
    @FunctionalInterface
    interface Deadline extends AutoCloseable {
        /** It is met. May be called twice. */
        @Override
        void close();

        /** As {@link #close}, before the end of the block it was set for. */
        default void met() {
            close();
        }
    }

    /** Runs {@code cut} (which does not block) after this time, unless the deadline was closed before. */
    Deadline set(Duration time, Runnable cut) {
        ScheduledFuture<?> task = timer.schedule(cut, time.toNanos(), TimeUnit.NANOSECONDS);
        return () -> task.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
