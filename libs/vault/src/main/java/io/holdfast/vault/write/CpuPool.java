package io.holdfast.vault.write;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The threads that hash and compress, as many as cores. What is submitted is bounded by the callers' windows. */
public final class CpuPool implements AutoCloseable {

    private final ExecutorService threads;

    public CpuPool(int count) {
        threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("vault-cpu-", 0).factory());
    }

    <T> Future<T> submit(Callable<T> work) {
        return threads.submit(work);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
