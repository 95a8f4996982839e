package io.holdfast.vault.write;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The first failure of a session; it stops every thread that is enlisted. Thread-safe. */
final class Failure {

    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    void enlist(Thread thread) {
        threads.add(thread);
        if (first.get() != null) {
            thread.interrupt();
        }
    }

    void discharge(Thread thread) {
        threads.remove(thread);
    }

    /** Notes a failure; only the first one counts. */
    void fail(Throwable cause) {
        if (first.compareAndSet(null, cause)) {
            threads.forEach(Thread::interrupt);
        }
    }

    /** Throws the failure, if there was one. */
    void check() throws InterruptedException {
        switch (first.get()) {
            case null -> {}
            case InterruptedException e -> throw (InterruptedException) new InterruptedException().initCause(e);
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
