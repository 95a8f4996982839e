package io.holdfast.vault.pack;

import io.holdfast.storage.StorageException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Requests to a store, several at once: one after the other a remote store's answers would take hours. */
public final class AtOnce {

    /** Enough to hide a round trip, few enough not to be a burden: one attempt is one client among many. */
    private static final int REQUESTS = 16;

    private AtOnce() {}

    /**
     * Does the work of 0 to {@code count} - 1, each once, until one of them answers false or throws; returns when all that
     * began has ended, and throws what was thrown first.
     */
    public static void each(long count, LongPredicate goesOn) {
        AtomicLong next = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("vault-check-", 0).factory())) {
            for (int i = 0; i < Math.min(REQUESTS, count); i++) {
                threads.execute(() -> {
                    try {
                        for (long at = next.getAndIncrement(); at < count && !over.get(); at = next.getAndIncrement()) {
                            if (!goesOn.test(at)) {
                                over.set(true);
                            }
                        }
                    } catch (Throwable e) {
                        // Also what is no exception: work that nobody did must not count as done.
                        over.set(true);
                        failure.compareAndSet(null, e);
                    }
                });
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new StorageException(StorageException.Kind.CANCELLED, "interrupted while packs were looked at");
        }
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
