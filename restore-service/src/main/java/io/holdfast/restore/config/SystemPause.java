package io.holdfast.restore.config;

import io.holdfast.restore.app.Pause;
import java.time.Duration;

/** {@link Pause} of the machine. */
final class SystemPause implements Pause {

    @Override
    public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }
}
