package io.holdfast.worker.app;

import java.time.Duration;

/** Waiting, and the monotonic clock that measures it. */
public interface Pause {

    /** Waits. */
    void pause(Duration duration) throws InterruptedException;

    /** Nanoseconds of a monotonic clock. */
    long nanos();
}
