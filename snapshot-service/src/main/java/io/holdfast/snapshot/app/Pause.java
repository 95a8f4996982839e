package io.holdfast.snapshot.app;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting between two looks at something that has no event. */
public interface Pause {
    /** Waits; an interrupt ends it at once. */
    void pause(Duration time) throws InterruptedException;

    /** On the machine's own time. */
    static Pause system() {
        return time -> {
            boolean never = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
            assert !never;
        };
    }
}
