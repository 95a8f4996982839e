package io.holdfast.storage;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The tries of one call: counts failures, pauses between them, gives up by the policy. Used by one thread. */
final class Attempts {

    private final RetryPolicy policy;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final long began;
    private int failures;
    private boolean doubt;

    Attempts(RetryPolicy policy, MonotonicClock clock, RandomGenerator random) {
        this.policy = policy;
        this.clock = clock;
        this.random = random;
        this.began = clock.nanos();
    }

    /** How many tries have failed so far. */
    int failures() {
        return failures;
    }

    /** Whether a try that failed may have done what it was to do. */
    boolean leftDoubt() {
        return doubt;
    }

    <T> T run(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (StorageException e) {
                pauseOrGiveUp(e);
            }
        }
    }

    private void pauseOrGiveUp(StorageException failure) {
        failures++;
        doubt |= failure.kind().leavesDoubt();
        if (!failure.kind().retryable() || failures >= policy.attempts()) {
            throw failure;
        }
        Duration pause = policy.pauseAfter(failures, random);
        long spent = clock.nanos() - began;
        if (spent + pause.toNanos() > policy.deadline().toNanos()) {
            throw failure;
        }
        try {
            clock.pause(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Arguments.cancelled(failure);
        }
    }
}
