package io.holdfast.snapshot.app;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs what an interrupt must not cut in half: a change whose outcome would be unknown, and the clean-up after one. It runs on
 * a thread of its own, because an interrupt of this one would also close the sockets it reads from.
 */
public final class Undisturbed {

    private Undisturbed() {}

    /** Answers what the work answers; an interrupt that came meanwhile is seen by whoever looks next. */
    public static <T> T get(Supplier<T> work) {
        AtomicReference<@Nullable T> answer = new AtomicReference<>();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().name("undisturbed").start(() -> {
            try {
                answer.set(work.get());
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        join(thread);
        switch (failure.get()) {
            case null -> {}
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
        return java.util.Objects.requireNonNull(answer.get());
    }

    /** The same for work without an answer. */
    public static void run(Runnable work) {
        boolean _ = get(() -> {
            work.run();
            return true;
        });
    }

    private static void join(Thread thread) {
        boolean interrupted = Thread.interrupted();
        try {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
