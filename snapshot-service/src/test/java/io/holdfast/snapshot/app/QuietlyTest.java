package io.holdfast.snapshot.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class QuietlyTest {

    @Test
    void whatFailsHoldsNothingElseUp() {
        List<String> done = new ArrayList<>();
        for (Throwable failure :
                List.of(new IllegalStateException("by test"), new NoClassDefFoundError("by test"), new Exception())) {
            Quietly.quietly("test", () -> {
                done.add("begun");
                QuietlyTest.<RuntimeException>raise(failure);
            });
        }
        assertThat(done).hasSize(3);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void raise(Throwable failure) throws E {
        throw (E) failure;
    }

    /** Rows whose first reading meets an Error. */
    private static final class Broken implements Rows.Guarded {
        private final AtomicInteger read = new AtomicInteger();

        @Override
        public List<View> unclosed() {
            if (read.getAndIncrement() == 0) {
                throw new NoClassDefFoundError("by test");
            }
            return List.of();
        }

        @Override
        public View change(UUID moment, UnaryOperator<View> how) {
            throw new IllegalStateException("there is none");
        }
    }

    /** There is no source that needs one. */
    private static final class NoDrivers implements Drivers {
        @Override
        public String driverOf(String uri) {
            throw new IllegalStateException();
        }

        @Override
        public String handoverOf(String uri) {
            throw new IllegalStateException();
        }

        @Override
        public Driver of(Source source) {
            throw new IllegalStateException();
        }

        @Override
        public void forget(Source source) {}
    }

    @Test
    void theScratchWatchLooksAgainAfterAnError() {
        Broken rows = new Broken();
        ScratchWatch watch = new ScratchWatch(List::of, rows, new NoDrivers(), new Rescues());
        watch.start(Duration.ofMillis(5));
        try {
            await().until(() -> rows.read.get() > 2);
        } finally {
            watch.stop();
        }
    }
}
