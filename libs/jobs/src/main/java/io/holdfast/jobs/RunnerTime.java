package io.holdfast.jobs;

import java.time.Duration;

/** The passing of time as the runner sees it: a monotonic clock and a timer. Thread-safe. */
public interface RunnerTime extends AutoCloseable {

    /** Nanoseconds of a monotonic clock; only differences mean something. */
    long nanos();

    /** Runs a short task that does not block, once, after the delay, on the timer's thread. */
    Scheduled after(Duration delay, Runnable task);

    /** Drops what is scheduled and ends the timer's thread. */
    @Override
    void close();

    /** A task that waits for its moment. */
    interface Scheduled {
        /** Drops it, unless it has begun. */
        void cancel();
    }

    /** The machine's own time, with one daemon thread of this name. */
    static RunnerTime system(String threadName) {
        return new SystemRunnerTime(threadName);
    }
}
