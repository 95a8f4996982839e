package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.storage.MonotonicClock;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.session.Beats;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Signs of life of a session that stores nothing for long. */
class BeatsTest extends SeveralPrograms {

    /** Lets a pause end when the test says so. */
    private static final class Turns implements MonotonicClock {
        private final Semaphore turns = new Semaphore(0);
        private final AtomicInteger waiting = new AtomicInteger();

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            assertThat(time).isEqualTo(Beats.EVERY);
            waiting.incrementAndGet();
            turns.acquire();
        }

        /** One pause ends; returns when what follows it is done. */
        void next() {
            int before = waiting.get();
            turns.release();
            await().until(() -> waiting.get() > before);
        }
    }

    @Test
    void aSessionBeatsWithTimeAlsoAfterTheStoreWasAwayAndNoMoreWhenItIsOver() {
        Turns turns = new Turns();
        SessionRecord session =
                new SessionRecord(UUID.randomUUID(), "vm-1", "job", "moment", UUID.randomUUID(), 0, 0, Vaults.NOW);
        try (Vault vault = Vaults.create(store)) {
            ScriptedStore mine = client();
            try (var beats = new Beats(mine, vault.parts().keys(), vault.parts().random(), session, turns)) {
                assertThat(beats).isNotNull();
                await().until(() -> turns.waiting.get() == 1);
                assertThat(keys("beats/")).as("a short session puts none").isEmpty();
                turns.next();
                assertThat(keys("beats/" + session.hexId() + "/")).hasSize(1);
                mine.failFrom(0);
                turns.next();
                mine.heal();
                turns.next();
                assertThat(keys("beats/" + session.hexId() + "/")).hasSize(2);
            }
            turns.turns.release();
            await().until(() -> !turns.turns.hasQueuedThreads());
            assertThat(keys("beats/")).hasSize(2);
        }
    }
}
