package io.holdfast.worker.app;

import io.holdfast.api.RenewLease;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.storage.MonotonicClock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Renews a job's frozen view while an attempt reads it. When the view is gone, the attempt's thread is interrupted: what it
 * reads from then on may be anything.
 */
final class ViewKeeper implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ViewKeeper.class);
    private static final Set<ErrorCode> GONE = Set.of(
            ErrorCode.VIEW_LOST,
            ErrorCode.SCRATCH_FULL,
            ErrorCode.VIEW_NOT_FOUND,
            ErrorCode.FENCED,
            ErrorCode.LEASE_LOST);

    private static final Duration INSIST = Duration.ofSeconds(1);

    private final SnapshotServiceApi views;
    private final MonotonicClock pause;
    private final UUID job;
    private final RenewLease renew;
    private final Thread reader;
    private final Thread renewer;

    // Guarded by this.
    private boolean closed;
    private @Nullable ApiException loss;

    ViewKeeper(SnapshotServiceApi views, MonotonicClock pause, UUID job, long fencing, Duration every) {
        this.views = views;
        this.pause = pause;
        this.job = job;
        this.renew = new RenewLease(fencing);
        this.reader = Thread.currentThread();
        this.renewer = Thread.ofVirtual().name("view-" + job).start(() -> renewEvery(every));
    }

    private void renewEvery(Duration period) {
        try {
            do {
                pause.pause(period);
            } while (!closed() && renewed());
            while (gone()) {
                pause.pause(INSIST);
            }
        } catch (InterruptedException closedNow) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean renewed() {
        try {
            views.renewView(job, renew);
        } catch (ApiException e) {
            if (meansGone(e)) {
                lost(e);
                return false;
            }
            LOG.debugf(
                    "job %s: its view could not be renewed: %s", job, e.code().wire());
        } catch (RuntimeException e) {
            LOG.debugf(
                    "job %s: its view could not be renewed: %s",
                    job, e.getClass().getSimpleName());
        }
        return true;
    }

    private synchronized boolean closed() {
        return closed;
    }

    private synchronized void lost(ApiException why) {
        if (!closed) {
            loss = why;
        }
    }

    /** Interrupts the reader, again until it has noticed: what it called may have swallowed the interrupt. */
    private synchronized boolean gone() {
        if (!closed) {
            reader.interrupt();
        }
        return !closed;
    }

    /** What was said when the view turned out to be gone. */
    synchronized Optional<ApiException> loss() {
        return Optional.ofNullable(loss);
    }

    /** Whether this answer says that the view is gone. */
    static boolean meansGone(ApiException answer) {
        return GONE.contains(answer.code());
    }

    /** Ends the renewals. Nobody is interrupted for the view's sake afterwards; it stays open, it belongs to the job. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        renewer.interrupt();
    }
}
