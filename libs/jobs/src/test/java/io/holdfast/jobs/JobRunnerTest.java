package io.holdfast.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.LeaseRequest;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JobRunnerTest {

    private final SteppedTime time = new SteppedTime();
    private final ScriptedCatalog catalog = new ScriptedCatalog();
    private final HeldHandler held = new HeldHandler();
    private JobRunner runner = runner(held, 1);

    private JobRunner runner(JobHandler handler, int parallel) {
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

    private void startAttempt() {
        catalog.offer();
        runner.start();
        await().until(() -> held.contexts.size() == 1);
    }

    private JobContext attempt() {
        return held.contexts.element();
    }

    /** Lets time pass second by second; heartbeats of one second are answered before the next begins. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.advance(Duration.ofSeconds(1));
            settle();
        }
    }

    /** Heartbeats run beside the timer: until the threads that were begun have nothing more to do, or a moment has passed. */
    private void settle() {
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

    @Test
    void anAttemptThatReturnsEndsSucceededWithItsResult() {
        startAttempt();
        held.go.release();
        await().until(() -> catalog.ends.size() == 1);
        JobEnd end = catalog.ends.getFirst();
        assertThat(end.outcome()).isEqualTo(JobEnd.Outcome.SUCCEEDED);
        assertThat(end.fencing()).isEqualTo(7);
        assertThat(end.result()).hasToString("\"done\"");
    }

    @Test
    void anApiExceptionEndsTheAttemptWithItsCode() {
        runner = runner(
                (job, context) -> {
                    throw new ApiException(ErrorCode.VAULT_FULL, "No room.");
                },
                1);
        catalog.offer();
        runner.start();
        await().until(() -> catalog.ends.size() == 1);
        assertThat(catalog.ends.getFirst())
                .isEqualTo(new JobEnd(
                        7, JobEnd.Outcome.FAILED, "vault-full", "No room.", null, JobEnd.Made.NOTHING_BY_THIS_ATTEMPT));
    }

    @Test
    void anEndSaysWhatIsKnownOfWhatTheJobMakes() {
        run((job, context) -> {
            context.made(JobEnd.Made.PERHAPS);
            throw new ApiException(ErrorCode.OUTCOME_UNKNOWN, "No answer.");
        });
        await().until(() -> catalog.ends.size() == 1);
        assertThat(catalog.ends.getFirst().made()).isEqualTo(JobEnd.Made.PERHAPS);
    }

    @Test
    void anyOtherExceptionEndsTheAttemptAsInternalWithoutItsText() {
        runner = runner(
                (job, context) -> {
                    throw new IllegalStateException("passphrase hunter2");
                },
                1);
        catalog.offer();
        runner.start();
        await().until(() -> catalog.ends.size() == 1);
        assertThat(catalog.ends.getFirst().errorCode()).isEqualTo("internal");
        assertThat(catalog.ends.getFirst().error()).doesNotContain("hunter2");
    }

    @Test
    void noMoreAttemptsRunThanPlaces() {
        runner = runner(held, 2);
        for (int i = 0; i < 3; i++) {
            catalog.offer();
        }
        runner.start();
        await().until(() -> held.contexts.size() == 2);
        settle();
        assertThat(catalog.jobs).hasSize(1);
        held.go.release();
        await().until(() -> held.contexts.size() == 3);
    }

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

    private void run(JobHandler handler) {
        runner = runner(handler, 1);
        catalog.offer();
        runner.start();
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
    void theEndIsSentAgainWhenItsReplyIsLost() {
        var calls = new AtomicInteger();
        catalog.onEnd = () -> {
            if (calls.incrementAndGet() < 4) {
                throw new jakarta.ws.rs.ProcessingException("connection reset");
            }
        };
        startAttempt();
        held.go.release();
        await().until(() -> {
            time.advance(Duration.ofMillis(200));
            return calls.get() == 4;
        });
        assertThat(catalog.ends).hasSize(4).allMatch(e -> e.outcome() == JobEnd.Outcome.SUCCEEDED);
    }

    @Test
    void theEndIsGivenUpWhenTheLeaseIsOver() {
        catalog.onEnd = () -> {
            throw new ApiException(ErrorCode.UNAVAILABLE, "Away.");
        };
        startAttempt();
        held.go.release();
        await().until(() -> !catalog.ends.isEmpty());
        assertThat(runner.running()).isEqualTo(1);
        pass(31);
        await().until(() -> runner.running() == 0);
        int sent = catalog.ends.size();
        pass(10);
        assertThat(catalog.ends).hasSize(sent);
    }

    @Test
    void anEndThatTheCatalogCannotReadIsReplacedByOneThatItCan() {
        catalog.onEnd = () -> {
            if (catalog.ends.size() == 1) {
                throw new ApiException(ErrorCode.INVALID_REQUEST, "The result is not a restore point.");
            }
        };
        startAttempt();
        held.go.release();
        await().until(() -> catalog.ends.size() == 2 && runner.running() == 0);
        JobEnd second = catalog.ends.getLast();
        assertThat(second.outcome()).isEqualTo(JobEnd.Outcome.FAILED);
        assertThat(second.errorCode()).isEqualTo("internal");
        assertThat(second.made()).isEqualTo(JobEnd.Made.PERHAPS);
    }

    @Test
    void aFailureOfTheCatalogsReadingOfEveryEndEndsTheMatter() {
        catalog.onEnd = () -> {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Never.");
        };
        startAttempt();
        held.go.release();
        await().until(() -> catalog.ends.size() == 2 && runner.running() == 0);
    }

    @Test
    void anErrorWhileLeasingDoesNotEndTheRunner() {
        catalog.onLease = () -> {
            throw new NoClassDefFoundError("by test");
        };
        runner.start();
        await().until(() -> catalog.leaseCalls.get() == 1);
        catalog.onLease = () -> {};
        catalog.offer();
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return held.contexts.size() == 1;
        });
        assertThat(runner.healthy()).isTrue();
    }

    @Test
    void aRefusedEndIsNotRepeated() {
        catalog.onEnd = () -> {
            throw new ApiException(ErrorCode.FENCED, "Another attempt holds it.");
        };
        startAttempt();
        held.go.release();
        await().until(() -> !catalog.ends.isEmpty() && runner.running() == 0);
        pass(5);
        assertThat(catalog.ends).hasSize(1);
    }

    @Test
    void drainLetsAttemptsFinishWithinTheGraceAndLeasesNothingMore() throws Exception {
        startAttempt();
        catalog.offer();
        var drained = Thread.ofVirtual().start(() -> drainQuietly(Duration.ofSeconds(20)));
        pass(10);
        assertThat(held.interrupted).hasValue(0);
        held.go.release();
        drained.join();
        assertThat(catalog.ends).singleElement().matches(e -> e.outcome() == JobEnd.Outcome.SUCCEEDED);
        assertThat(catalog.jobs).hasSize(1);
    }

    @Test
    void drainInterruptsAfterTheGraceAndHandsTheJobBack() throws Exception {
        startAttempt();
        var drained = Thread.ofVirtual().start(() -> drainQuietly(Duration.ofSeconds(5)));
        await().until(() -> {
            time.advance(Duration.ofMillis(500));
            return held.interrupted.get() == 1;
        });
        drained.join();
        assertThat(catalog.ends).singleElement().matches(e -> e.outcome() == JobEnd.Outcome.RELEASED);
    }

    @Test
    void aJobLeasedWhileTheRunnerIsDrainedIsHandedBackUnbegun() throws Exception {
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        catalog.onLease = () -> {
            asked.countDown();
            awaitQuietly(answer);
        };
        catalog.offer();
        runner.start();
        asked.await();
        var drained = Thread.ofVirtual().start(() -> drainQuietly(Duration.ofSeconds(5)));
        await().until(() -> drained.getState() == Thread.State.WAITING);
        answer.countDown();
        drained.join();
        assertThat(held.contexts).isEmpty();
        assertThat(catalog.ends).singleElement().matches(e -> e.outcome() == JobEnd.Outcome.RELEASED);
    }

    @Test
    void theRunnerKeepsAskingACatalogThatIsAwayAndAsksLessOften() {
        catalog.onLease = () -> {
            throw new jakarta.ws.rs.ProcessingException("connection refused");
        };
        runner.start();
        await().until(() -> catalog.leaseCalls.get() == 1);
        pass(60);
        assertThat(catalog.leaseCalls.get()).isBetween(5, 15);
        catalog.onLease = () -> {};
        catalog.offer();
        pass(15);
        await().until(() -> held.contexts.size() == 1);
    }

    @Test
    void anIdleRunnerAsksAboutOnceASecond() {
        runner.start();
        await().until(() -> catalog.leaseCalls.get() == 1);
        pass(60);
        assertThat(catalog.leaseCalls.get()).isBetween(30, 82);
    }

    private void drainQuietly(Duration grace) {
        try {
            runner.drain(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
