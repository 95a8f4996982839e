package io.holdfast.restore.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadBoundTest {

    private static final int READERS = 40;

    private final ReadBound bound = new ReadBound();

    /** Readers of one vault whose store never answers. */
    private static final class Stalled implements AutoCloseable {

        final AtomicInteger reading = new AtomicInteger();
        private final CountDownLatch never = new CountDownLatch(1);
        private final List<Thread> threads = new ArrayList<>();

        Stalled(ReadBound.Share share) {
            for (int i = 0; i < READERS; i++) {
                threads.add(Thread.ofPlatform().start(() -> read(share)));
            }
            Awaitility.await().until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
        }

        private void read(ReadBound.Share share) {
            try {
                share.enter();
                try {
                    reading.incrementAndGet();
                    never.await();
                } finally {
                    share.leave();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Ends them all, whether they read or wait. */
        @Override
        public void close() {
            threads.forEach(Thread::interrupt);
            Awaitility.await().until(() -> threads.stream().noneMatch(Thread::isAlive));
        }
    }

    @Test
    void howeverManyVaultsStallTheNextOneMayRead() throws Exception {
        List<Stalled> stalled = new ArrayList<>();
        try {
            for (int vault = 0; vault < 7; vault++) {
                stalled.add(new Stalled(bound.share()));
                assertThat(stalled.getLast().reading.get())
                        .as("vault %d", vault)
                        .isPositive();
            }
            assertThat(stalled.getFirst().reading.get()).isBetween(12, ReadBound.READS_AT_ONCE - 1);
            int all = stalled.stream().mapToInt(s -> s.reading.get()).sum();
            assertThat(all).isLessThanOrEqualTo(ReadBound.READS_AT_ONCE + stalled.size());
            ReadBound.Share last = bound.share();
            last.enter();
            last.leave();
        } finally {
            stalled.forEach(Stalled::close);
        }
    }

    @Test
    void whoWaitsBeginsWhenAnotherReadEnds() throws Exception {
        ReadBound.Share share = bound.share();
        share.enter();
        try (Stalled stalled = new Stalled(share)) {
            int before = stalled.reading.get();
            share.leave();
            Awaitility.await().until(() -> stalled.reading.get() == before + 1);
        }
    }

    @Test
    void whoIsInterruptedTakesNothingWithHim() {
        ReadBound.Share share = bound.share();
        int alone;
        try (Stalled stalled = new Stalled(share)) {
            alone = stalled.reading.get();
        }
        try (Stalled stalled = new Stalled(share)) {
            assertThat(stalled.reading.get()).isEqualTo(alone).isPositive();
        }
    }
}
