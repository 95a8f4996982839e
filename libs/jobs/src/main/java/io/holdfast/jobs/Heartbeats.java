package io.holdfast.jobs;

import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.job.Progress;
import io.holdfast.api.rest.RunnerApi;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Renews one attempt's lease. The timer only decides; each heartbeat is sent on a thread of its own, one at a time, so that a
 * call that hangs holds up neither the watch over this lease nor another attempt's heartbeats.
 */
final class Heartbeats {

    private final RunnerApi api;
    private final CatalogLink link;
    private final RunnerTime time;
    private final Executor threads;
    private final Duration progressInterval;
    private final Attempt attempt;

    // All below guarded by this.
    private RunnerTime.@Nullable Scheduled next;
    private boolean stopped;
    private boolean inFlight;
    private int failures;
    private long lastSentNanos;
    private @Nullable Progress lastSent;

    Heartbeats(RunnerParts parts, Attempt attempt) {
        this.api = parts.api();
        this.link = parts.link();
        this.time = parts.time();
        this.threads = parts.threads();
        this.progressInterval = parts.options().progressInterval();
        this.attempt = attempt;
        this.lastSentNanos = time.nanos();
    }

    synchronized void start() {
        scheduleNext();
    }

    synchronized void stop() {
        stopped = true;
        if (next != null) {
            next.cancel();
        }
    }

    private synchronized void tick() {
        if (stopped) {
            return;
        }
        long now = time.nanos();
        if (attempt.term().lapsed(now)) {
            stopped = true;
            attempt.leaseLost("no heartbeat got through in time");
            return;
        }
        if (!inFlight && due(now)) {
            send(now);
        }
        scheduleNext();
    }

    private void scheduleNext() {
        Duration untilLapse = attempt.term().untilLapse(time.nanos());
        Duration delay = shorter(shorter(progressInterval, attempt.term().third()), untilLapse);
        next = time.after(delay.isPositive() ? delay : Duration.ofNanos(1), this::tick);
    }

    private boolean due(long now) {
        Duration third = attempt.term().third();
        Duration waited = Duration.ofNanos(now - lastSentNanos);
        if (failures > 0) {
            Duration pause = progressInterval.multipliedBy(1L << Math.min(failures - 1, 10));
            // Never so seldom that a catalog which comes back finds the lease lapsed between two tries.
            return waited.compareTo(shorter(pause, third.dividedBy(4))) >= 0;
        }
        boolean news = !Objects.equals(attempt.latestProgress(), lastSent);
        return waited.compareTo(news ? shorter(progressInterval, third) : third) >= 0;
    }

    private void send(long now) {
        Progress progress = attempt.latestProgress();
        inFlight = true;
        lastSentNanos = now;
        try {
            threads.execute(() -> beat(now, progress));
        } catch (RejectedExecutionException draining) {
            inFlight = false;
        }
    }

    private void beat(long sentNanos, @Nullable Progress progress) {
        boolean gotThrough = false;
        try {
            var reply = api.heartbeat(attempt.id(), new Heartbeat(attempt.fencing(), progress));
            gotThrough = true;
            link.up();
            attempt.term().renewed(sentNanos, reply.leaseSeconds());
            if (reply.cancelRequested()) {
                attempt.cancel();
            }
        } catch (RuntimeException e) {
            if (CatalogLink.leaseGone(e)) {
                attempt.leaseLost("the catalog says so");
            } else {
                link.down(e);
            }
        } finally {
            sent(gotThrough, progress);
        }
    }

    private synchronized void sent(boolean gotThrough, @Nullable Progress progress) {
        inFlight = false;
        failures = gotThrough ? 0 : failures + 1;
        if (gotThrough) {
            lastSent = progress;
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
