package io.holdfast.snapshot;

import io.holdfast.snapshot.app.Pause;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Looks again sooner: what is waited for here takes milliseconds. Short pauses stay, some are counted to a deadline. */
@Mock
@Singleton
final class Impatient implements Pause {

    private static final Duration LONGEST = Duration.ofMillis(50);

    @Override
    public void pause(Duration time) throws InterruptedException {
        Pause.system().pause(time.compareTo(LONGEST) < 0 ? time : LONGEST);
    }
}
