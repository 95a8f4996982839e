package io.holdfast.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.LeaseRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A runner whose time and catalog a test holds in its hand, and who ends with nothing left behind. */
@Timeout(30)
abstract class RunnerSuite {

    final SteppedTime time = new SteppedTime();
    final ScriptedCatalog catalog = new ScriptedCatalog();
    final HeldHandler held = new HeldHandler();
    JobRunner runner = runner(held, 1);

    JobRunner runner(JobHandler handler, int parallel) {
        return new JobRunner(
                catalog,
                new LeaseRequest(JobKind.Runner.BACKUP_WORKER, "test"),
                Map.of(JobKind.VAULT_CHECK, handler),
                JobRunnerOptions.of(parallel),
                time);
    }

    @AfterEach
    @Timeout(30)
    void nothingIsLeftBehind() throws Exception {
        var drained = Thread.ofVirtual().start(() -> drainQuietly(Duration.ZERO));
        while (!drained.join(Duration.ofMillis(5))) {
            time.advance(Duration.ofMillis(100));
        }
        assertThat(runner.running()).isZero();
        // A thread that has run its last line is still alive for a moment.
        await().untilAsserted(() -> {
            assertThat(held.threads).noneMatch(Thread::isAlive);
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(t -> t.getName().startsWith("job-"));
        });
        assertThat(time.closed()).isTrue();
    }

    void startAttempt() {
        catalog.offer();
        runner.start();
        await().until(() -> held.contexts.size() == 1);
    }

    JobContext attempt() {
        return held.contexts.element();
    }

    /** Lets time pass second by second; heartbeats of one second are answered before the next begins. */
    void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.advance(Duration.ofSeconds(1));
            settle();
        }
    }

    /** Heartbeats run beside the timer: until the threads that were begun have nothing more to do, or a moment has passed. */
    void settle() {
        long before = catalog.calls();
        await().pollInterval(Duration.ofMillis(1)).pollDelay(Duration.ZERO).until(new Quiet(before)::reached);
    }

    /** Nothing was called for three looks in a row. */
    private final class Quiet {
        private long seen;
        private int looks;

        Quiet(long seen) {
            this.seen = seen;
        }

        boolean reached() {
            long now = catalog.calls();
            looks = now == seen ? looks + 1 : 0;
            seen = now;
            return looks >= 5;
        }
    }

    void run(JobHandler handler) {
        runner = runner(handler, 1);
        catalog.offer();
        runner.start();
    }

    void drainQuietly(Duration grace) {
        try {
            runner.drain(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
