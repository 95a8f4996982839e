package io.holdfast.jobs;

import java.time.Duration;

/** Until when a lease certainly holds, by the monotonic clock. Thread-safe. */
final class LeaseTerm {

    private final Duration wantedMargin;
    private long renewedNanos;
    private Duration lease;

    /** A lease that was asked for at {@code askedNanos}. */
    LeaseTerm(long askedNanos, int leaseSeconds, Duration wantedMargin) {
        this.renewedNanos = askedNanos;
        this.lease = Duration.ofSeconds(Math.max(1, leaseSeconds));
        this.wantedMargin = wantedMargin;
    }

    /** A renewal that was sent at {@code sentNanos} got through. */
    synchronized void renewed(long sentNanos, int leaseSeconds) {
        if (sentNanos - renewedNanos > 0) {
            renewedNanos = sentNanos;
            lease = Duration.ofSeconds(Math.max(1, leaseSeconds));
        }
    }

    /** How often to renew. */
    synchronized Duration third() {
        return lease.dividedBy(3);
    }

    /** Time left for work: until the margin before the lease's end. Negative when it is over. */
    synchronized Duration untilLapse(long nowNanos) {
        Duration margin = wantedMargin.compareTo(lease.dividedBy(3)) < 0 ? wantedMargin : lease.dividedBy(3);
        return lease.minus(margin).minusNanos(nowNanos - renewedNanos);
    }

    boolean lapsed(long nowNanos) {
        return !untilLapse(nowNanos).isPositive();
    }

    /** Time left in which the catalog may still take the attempt's end. */
    synchronized Duration untilOver(long nowNanos) {
        return lease.minusNanos(nowNanos - renewedNanos);
    }
}
