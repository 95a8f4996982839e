package io.holdfast.testkit.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Runs one piece of code on many threads. */
public final class Together {
    private Together() {}

    /** Calls {@code each} with 0 to {@code count - 1}, all released at the same moment; the answers in that order. */
    public static <T> List<T> race(int count, IntFunction<T> each) throws InterruptedException, ExecutionException {
        CountDownLatch start = new CountDownLatch(1);
        // Platform threads: virtual ones that spin would keep the others from ever running.
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                futures.add(threads.submit(() -> {
                    start.await();
                    return each.apply(number);
                }));
            }
            start.countDown();
            return results(futures);
        }
    }

    /** Calls {@code each} with 0 to {@code count - 1} on at most {@code width} threads. */
    public static void spread(int count, int width, IntFunction<?> each)
            throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(width)) {
            List<Future<Object>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                futures.add(threads.submit(() -> each.apply(number)));
            }
            results(futures);
        }
    }

    private static <T> List<T> results(List<Future<T>> futures) throws InterruptedException, ExecutionException {
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(future.get());
        }
        return results;
    }
}
