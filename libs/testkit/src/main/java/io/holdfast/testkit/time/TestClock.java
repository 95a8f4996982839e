package io.holdfast.testkit.time;

import io.holdfast.storage.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Time that stands still until a test, or a pause of the code under test, moves it. Pauses return at once. Safe for any
 * number of threads.
 */
public final class TestClock implements InstantSource, MonotonicClock {

    /** Where every test clock begins. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Object lock = new Object();
    private final List<Duration> pauses = new ArrayList<>();
    private Instant now = START;
    private long nanos;

    @Override
    public Instant instant() {
        synchronized (lock) {
            return now;
        }
    }

    @Override
    public long nanos() {
        synchronized (lock) {
            return nanos;
        }
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the pause");
        }
        synchronized (lock) {
            pauses.add(time);
            advance(time);
        }
    }

    /** Lets time pass. */
    public void advance(Duration time) {
        synchronized (lock) {
            now = now.plus(time);
            nanos += time.toNanos();
        }
    }

    /** The pauses made so far, in order. */
    public List<Duration> pauses() {
        synchronized (lock) {
            return List.copyOf(pauses);
        }
    }
}
