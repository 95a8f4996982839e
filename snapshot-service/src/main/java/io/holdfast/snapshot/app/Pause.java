package io.holdfast.snapshot.app;

import java.time.Duration;

/** Waiting between two looks at something that has no event. */
public interface Pause {
    /** Waits; an interrupt ends it at once. */
    void pause(Duration time) throws InterruptedException;
}
