package io.holdfast.vault.write;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.WriteOnce;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Puts packs, a few at once, and journal objects when all packs before them are stored. One thread submits. */
final class Uploads implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Uploads.class.getName());
    private static final int MOST_WAIT_SECONDS = 10;

    private final ObjectStore store;
    private final Failure failure;
    private final Semaphore room;
    private final ExecutorService threads;
    private final List<Future<?>> running = new ArrayList<>();
    private final AtomicLong stored = new AtomicLong();

    Uploads(ObjectStore store, int count, Failure failure) {
        this.store = store;
        this.failure = failure;
        room = new Semaphore(count);
        threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("vault-put-", 0).factory());
    }

    /** Bytes that are stored. */
    long stored() {
        return stored.get();
    }

    void countEarlier(long bytes) {
        stored.addAndGet(bytes);
    }

    /** Waits until one more object may be in flight; {@link #put} has to follow. */
    void awaitRoom() throws InterruptedException {
        room.acquire();
    }

    /** Puts in the background; there has to be room. */
    void put(ObjectKey key, byte[] object) {
        running.removeIf(Future::isDone);
        running.add(threads.submit(() -> {
            try {
                putNow(key, object);
            } catch (Throwable e) {
                failure.fail(e);
            } finally {
                room.release();
            }
        }));
    }

    /** Puts an object in the background once everything submitted before is stored. */
    void putAfterAll(ObjectKey key, Supplier<byte[]> object) {
        List<Future<?>> before = List.copyOf(running);
        running.add(threads.submit(() -> {
            try {
                for (Future<?> earlier : before) {
                    earlier.get();
                }
                failure.check();
                putNow(key, object.get());
            } catch (Throwable e) {
                failure.fail(e);
            }
        }));
    }

    /** Waits until all is stored; throws the first failure. */
    void awaitAll() throws InterruptedException {
        for (Future<?> put : running) {
            Futures.join(put);
        }
        running.clear();
        failure.check();
    }

    /** Stops; afterwards nothing is put any more, unless the store does not hear that it is told to stop. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(MOST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "a put goes on although its session is over");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void putNow(ObjectKey key, byte[] object) {
        if (!WriteOnce.put(store, key, object)) {
            throw new VaultException(
                    VaultException.Kind.FOREIGN_OBJECT, key.value(), "a random key holds something else: " + key);
        }
        stored.addAndGet(object.length);
    }
}
