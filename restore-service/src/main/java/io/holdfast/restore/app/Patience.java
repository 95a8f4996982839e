package io.holdfast.restore.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.jobs.Interrupts;
import io.holdfast.jobs.JobContext;
import io.holdfast.storage.MonotonicClock;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Asks snapshot-service again while it does not answer at all: its restart takes seconds and must not cost the job its few
 * attempts. Every request of a restore may be repeated.
 */
record Patience(MonotonicClock pause, JobContext context) {

    private static final Logger LOG = Logger.getLogger(Patience.class);

    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    /**
     * The answer, whatever it is.
     *
     * @throws InterruptedException when the attempt may not go on; asked before each request
     * @throws ApiException {@code unavailable} when there is none for two minutes
     */
    <T> T ask(Supplier<T> request) throws InterruptedException {
        long started = pause.nanos();
        for (int failed = 0; ; failed++) {
            context.check();
            try {
                return request.get();
            } catch (RuntimeException e) {
                Interrupts.refuse(context, e);
                boolean answered = e instanceof ApiException known && known.code() != ErrorCode.UNAVAILABLE;
                if (answered) {
                    throw e;
                }
                if (failed == 0) {
                    LOG.warnf("snapshot-service does not answer, trying on: %s", e);
                }
                if (pause.nanos() - started + BETWEEN.toNanos() > DEADLINE.toNanos()) {
                    throw new ApiException(ErrorCode.UNAVAILABLE, "snapshot-service does not answer.", e);
                }
            }
            pause.pause(BETWEEN);
        }
    }
}
