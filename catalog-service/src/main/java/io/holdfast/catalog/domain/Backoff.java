package io.holdfast.catalog.domain;

import java.time.Duration;

/** Exponential waiting: {@code first}, twice that, and so on, at most {@code most}. */
public record Backoff(Duration first, Duration most) {

    /** The wait after this many failures, from 1. */
    public Duration after(int failures) {
        int doublings = Math.clamp(failures - 1L, 0, 30);
        Duration wait = first.multipliedBy(1L << doublings);
        return wait.compareTo(most) < 0 ? wait : most;
    }
}
