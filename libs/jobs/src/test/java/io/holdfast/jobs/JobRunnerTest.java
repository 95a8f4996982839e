package io.holdfast.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.job.JobEnd;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Leasing, the ends of attempts, draining. */
class JobRunnerTest extends RunnerSuite {

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
}
