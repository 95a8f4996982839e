package io.holdfast.snapshot;

import io.holdfast.snapshot.config.Exit;
import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/** The tests' process goes on. */
@Mock
@Singleton
final class NoExit implements Exit {

    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public void now() {
        asked.incrementAndGet();
    }

    int asked() {
        return asked.get();
    }
}
