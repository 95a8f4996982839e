package io.holdfast.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An attempt under its lease: heartbeats, cancel requests, a lease that is lost or lapses. */
class AttemptLeaseTest extends RunnerSuite {

    @Test
    void heartbeatsGoOutEachThirdOfTheLease() {
        startAttempt();
        pass(9);
        assertThat(catalog.heartbeats).isEmpty();
        pass(2);
        await().until(() -> catalog.heartbeats.size() == 1);
        pass(100);
        assertThat(held.interrupted).hasValue(0);
        assertThat(catalog.heartbeats.size()).isBetween(9, 12);
    }

    @Test
    void newProgressBringsTheNextHeartbeatForward() {
        startAttempt();
        attempt().progress(Progress.of("read", 1, 10));
        pass(2);
        await().until(() -> catalog.heartbeats.size() == 1);
        assertThat(catalog.heartbeats.getFirst().progress()).isEqualTo(Progress.of("read", 1, 10));
        pass(5);
        assertThat(catalog.heartbeats).hasSize(1);
    }

    @Test
    void aCancelRequestInterruptsAndEndsCancelled() {
        catalog.onHeartbeat = () -> new Heartbeat.Reply(ScriptedCatalog.LEASE_SECONDS, true);
        startAttempt();
        pass(11);
        await().until(() -> catalog.ends.size() == 1);
        assertThat(catalog.ends.getFirst().outcome()).isEqualTo(JobEnd.Outcome.CANCELLED);
        assertThat(held.interrupted).hasValue(1);
        assertThat(held.lostActions).hasValue(0);
    }

    @Test
    void anAttemptThatFinishesInSpiteOfACancelRequestIsWhatItIsSucceeded() {
        var asked = new CountDownLatch(1);
        catalog.onHeartbeat = () -> new Heartbeat.Reply(ScriptedCatalog.LEASE_SECONDS, true);
        runner = runner(
                (job, context) -> {
                    held.contexts.add(context);
                    while (!context.cancelRequested()) {
                        Thread.onSpinWait();
                    }
                    asked.countDown();
                    return null;
                },
                1);
        catalog.offer();
        runner.start();
        await().until(() -> held.contexts.size() == 1);
        pass(11);
        await().until(() -> catalog.ends.size() == 1);
        assertThat(catalog.ends.getFirst().outcome()).isEqualTo(JobEnd.Outcome.SUCCEEDED);
    }

    @Test
    void aHandlerThatSwallowsInterruptsIsInterruptedAgainUntilItReturns() {
        catalog.onHeartbeat = () -> new Heartbeat.Reply(ScriptedCatalog.LEASE_SECONDS, true);
        var never = new CountDownLatch(1);
        run((job, context) -> {
            held.contexts.add(context);
            while (held.interrupted.get() < 3) {
                try {
                    never.await();
                } catch (InterruptedException swallowed) {
                    held.interrupted.incrementAndGet();
                }
            }
            throw new jakarta.ws.rs.ProcessingException("no answer");
        });
        await().until(() -> held.contexts.size() == 1);
        await().until(() -> {
            time.advance(Duration.ofMillis(500));
            return catalog.ends.size() == 1;
        });
        assertThat(catalog.ends.getFirst().outcome()).isEqualTo(JobEnd.Outcome.CANCELLED);
    }

    @Test
    void aStoppedAttemptIsToldSoWhenItLooks() {
        catalog.onHeartbeat = () -> new Heartbeat.Reply(ScriptedCatalog.LEASE_SECONDS, true);
        run((job, context) -> {
            held.contexts.add(context);
            while (true) {
                boolean _ = Thread.interrupted();
                context.check();
                Thread.onSpinWait();
            }
        });
        await().until(() -> held.contexts.size() == 1);
        pass(11);
        await().until(() -> catalog.ends.size() == 1);
        assertThat(catalog.ends.getFirst().outcome()).isEqualTo(JobEnd.Outcome.CANCELLED);
    }

    @Test
    void anAttemptWhoseLeaseLapsedUnnoticedIsToldSoWhenItLooks() {
        run((job, context) -> {
            context.check();
            time.jump(Duration.ofSeconds(60));
            try {
                context.check();
            } catch (InterruptedException e) {
                held.interrupted.incrementAndGet();
            }
            return null;
        });
        await().until(() -> catalog.leaseCalls.get() > 1 && runner.running() == 0);
        assertThat(held.interrupted).hasValue(1);
        assertThat(catalog.ends).isEmpty();
    }

    @Test
    void aFencedHeartbeatInterruptsAndNothingIsSent() {
        catalog.onHeartbeat = () -> {
            throw new ApiException(ErrorCode.FENCED, "Another attempt holds it.");
        };
        startAttempt();
        pass(11);
        await().until(() -> held.interrupted.get() == 1 && runner.running() == 0);
        await().until(() -> held.lostActions.get() == 1);
        assertThat(catalog.ends).isEmpty();
    }

    @Test
    void aCatalogThatIsAwayEndsTheAttemptBeforeTheLeaseIsOver() {
        catalog.onHeartbeat = () -> {
            throw new ApiException(ErrorCode.UNAVAILABLE, "Away.");
        };
        startAttempt();
        pass(24);
        assertThat(held.interrupted).hasValue(0);
        assertThat(catalog.heartbeats.size()).isGreaterThan(2);
        pass(2);
        await().until(() -> held.interrupted.get() == 1 && runner.running() == 0);
        assertThat(catalog.ends).isEmpty();
    }

    @Test
    void aHeartbeatThatHangsDoesNotHoldUpTheWatch() {
        var hang = new CountDownLatch(1);
        catalog.onHeartbeat = () -> {
            awaitQuietly(hang);
            return new Heartbeat.Reply(ScriptedCatalog.LEASE_SECONDS, false);
        };
        startAttempt();
        pass(26);
        await().until(() -> held.interrupted.get() == 1);
        assertThat(catalog.heartbeats).hasSize(1);
        assertThat(catalog.ends).isEmpty();
        hang.countDown();
    }

    @Test
    void aShortAbsenceOfTheCatalogIsSurvived() {
        startAttempt();
        var working = catalog.onHeartbeat;
        catalog.onHeartbeat = () -> {
            throw new ApiException(ErrorCode.UNAVAILABLE, "Away.");
        };
        pass(20);
        catalog.onHeartbeat = working;
        pass(40);
        assertThat(held.interrupted).hasValue(0);
    }

    @Test
    void aResultThatComesAfterTheLeaseLapsedIsNeverSent() {
        runner = runner(
                (job, context) -> {
                    // The process was stopped (SIGSTOP, a suspended machine): time went on, no timer rang.
                    time.jump(Duration.ofSeconds(60));
                    return null;
                },
                1);
        catalog.offer();
        runner.start();
        await().until(() -> catalog.leaseCalls.get() > 1 && runner.running() == 0);
        assertThat(catalog.ends).isEmpty();
    }

    @Test
    void whatIsShieldedRunsToItsEndInSpiteOfInterrupts() throws Exception {
        var begun = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        var flag = new AtomicInteger();
        var caller = Thread.ofVirtual().start(() -> {
            Shield.run("clean-up", () -> {
                begun.countDown();
                awaitQuietly(finish);
            });
            flag.set(Thread.interrupted() ? 1 : 2);
        });
        begun.await();
        caller.interrupt();
        assertThat(caller.join(Duration.ofMillis(50))).isFalse();
        finish.countDown();
        caller.join();
        assertThat(flag).hasValue(1);
    }
}
