package io.holdfast.snapshot.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class UndisturbedTest {

    @Test
    void workGoesOnToItsEndAndTheInterruptIsSeenAfterwards() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread caller = Thread.ofVirtual().start(() -> {
            Undisturbed.run(() -> {
                begun.countDown();
                try {
                    done.set(goOn.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        goOn.countDown();
        caller.join();
        assertThat(done).isTrue();
        assertThat(interrupted).isTrue();
    }

    @Test
    void anInterruptThatCameBeforeDoesNotDisturbIt() {
        Thread.currentThread().interrupt();
        assertThat(Undisturbed.get(() -> Thread.currentThread().isInterrupted()))
                .isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whatTheWorkThrowsIsThrown() {
        assertThatThrownBy(() -> Undisturbed.run(() -> {
                    throw new IllegalArgumentException("this");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this");
    }
}
