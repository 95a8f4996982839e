package io.holdfast.jobs;

import io.holdfast.api.job.JobEnd;
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
    void send(UUID job, JobEnd end, LeaseTerm term) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (!sent(job, end)) {
            Duration left = term.untilOver(parts.time().nanos());
            if (left.compareTo(pause) <= 0) {
                LOG.warnf("job %s: its end (%s) could not be reported before the lease was over", job, end.outcome());
                return;
            }
            await(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private boolean sent(UUID job, JobEnd end) {
        try {
            parts.api().end(job, end);
            parts.link().up();
            LOG.infof("job %s attempt %d ended: %s", job, end.fencing(), end.outcome());
            return true;
        } catch (RuntimeException e) {
            if (CatalogLink.refused(e)) {
                LOG.warnf("job %s: the catalog refused its end (%s): %s", job, end.outcome(), e.getMessage());
                return true;
            }
            parts.link().down(e);
            return false;
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
