package io.holdfast.jobs;

import io.holdfast.api.job.JobEnd;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jboss.logging.Logger;

/** Tells the catalog how an attempt ended, again and again until it is heard or the lease would be over. */
final class EndReport {

    private static final Logger LOG = Logger.getLogger(EndReport.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final RunnerParts parts;

    EndReport(RunnerParts parts) {
        this.parts = parts;
    }

    /** Sends it; a refusal or a lease that is over ends the matter, the catalog decides then. */
    void send(UUID job, JobEnd first, LeaseTerm term) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        JobEnd end = first;
        while (true) {
            Heard heard = send(job, end);
            if (heard == Heard.YES) {
                return;
            }
            if (heard == Heard.REFUSED) {
                // The catalog cannot take this end; without any it would wait for the lease and say no reason.
                end = unreadable(first);
                continue;
            }
            Duration left = term.untilOver(parts.time().nanos());
            if (left.compareTo(pause) <= 0) {
                LOG.warnf("job %s: its end (%s) could not be reported before the lease was over", job, end.outcome());
                return;
            }
            await(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private enum Heard {
        YES,
        NO,
        REFUSED
    }

    private static JobEnd unreadable(JobEnd end) {
        return new JobEnd(
                end.fencing(),
                JobEnd.Outcome.FAILED,
                ErrorCode.INTERNAL.wire(),
                "The catalog did not accept how the attempt ended (" + end.outcome() + ").",
                null,
                JobEnd.Made.PERHAPS);
    }

    private static boolean mayBeSaidOtherwise(JobEnd end, RuntimeException refusal) {
        return refusal instanceof ApiException e
                && (e.code() == ErrorCode.INVALID_REQUEST || e.code() == ErrorCode.BODY_TOO_LARGE)
                && !ErrorCode.INTERNAL.wire().equals(end.errorCode());
    }

    private Heard send(UUID job, JobEnd end) {
        try {
            parts.api().end(job, end);
            parts.link().up();
            LOG.infof("job %s attempt %d ended: %s", job, end.fencing(), end.outcome());
            return Heard.YES;
        } catch (RuntimeException e) {
            if (CatalogLink.refused(e)) {
                LOG.warnf("job %s: the catalog refused its end (%s): %s", job, end.outcome(), e.getMessage());
                return mayBeSaidOtherwise(end, e) ? Heard.REFUSED : Heard.YES;
            }
            parts.link().down(e);
            return Heard.NO;
        }
    }

    private void await(Duration pause) throws InterruptedException {
        var over = new CountDownLatch(1);
        var scheduled = parts.time().after(pause, over::countDown);
        try {
            over.await();
        } finally {
            scheduled.cancel();
        }
    }
}
