package io.holdfast.storage;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often and how long {@link RetryingObjectStore} tries.
 *
 * @param attempts how many times at most, the first one included; at least 1
 * @param firstPause the pause after the first failure; it doubles with each further one
 * @param longestPause where the doubling ends
 * @param deadline no further try begins later than this after the call began
 */
public record RetryPolicy(int attempts, Duration firstPause, Duration longestPause, Duration deadline) {

    public RetryPolicy {
        if (attempts < 1
                || firstPause.isNegative()
                || longestPause.compareTo(firstPause) < 0
                || deadline.isNegative()) {
            throw new IllegalArgumentException("not a retry policy: " + attempts + " attempts, pauses " + firstPause
                    + " to " + longestPause + ", deadline " + deadline);
        }
    }

    /**
     * Two minutes, which is a dozen attempts or more: long enough for a restart of the store's process (seconds) or a fail-over
     * of its load balancer (tens of seconds), short enough that a job's lease (30 s, renewed by another thread) tells what is
     * going on. The number of attempts is no bound of its own.
     */
    public static RetryPolicy standard() {
        return new RetryPolicy(1_000, Duration.ofMillis(200), Duration.ofSeconds(20), Duration.ofMinutes(2));
    }

    /**
     * The pause after failure number {@code failures} (from 1): between half and the whole of the doubled pause, so that
     * callers that failed together do not come back together.
     */
    Duration pauseAfter(int failures, RandomGenerator random) {
        long doubled = firstPause.toNanos() << Math.min(failures - 1, 20);
        long whole =
                doubled < firstPause.toNanos() ? longestPause.toNanos() : Math.min(doubled, longestPause.toNanos());
        return Duration.ofNanos(whole == 0 ? 0 : whole - random.nextLong(whole / 2 + 1));
    }
}
