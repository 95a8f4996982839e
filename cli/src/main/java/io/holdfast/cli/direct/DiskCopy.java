package io.holdfast.cli.direct;

import io.holdfast.vault.DiskReader;
import io.holdfast.vault.Range;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Copies one disk of a point to its target, in pieces on as many threads as there are cores, but eight at most. Used once. */
final class DiskCopy {

    /** Pieces follow one another within few packs, and are large enough for a sequential disk. */
    private static final int PIECE = 2 << 20;
    /** What is asked about at once: where there is data in it. */
    private static final long WINDOW = 256L << 20;

    /** More would wait for the disk, and each holds two pieces. */
    private static final int THREADS = Math.min(8, Runtime.getRuntime().availableProcessors());

    private final DiskReader from;
    private final DiskTarget to;
    private final DirectProgress progress;
    private final Semaphore room = new Semaphore(2 * THREADS);
    private final AtomicLong dealt = new AtomicLong();
    // Also what is no exception: an OutOfMemoryError in one thread is a piece that nobody wrote.
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    DiskCopy(DiskReader from, DiskTarget to, DirectProgress progress) {
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    /** Returns when every byte is written; the first failure is thrown. */
    void run() throws InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().daemon().name("restore-", 0).factory())) {
            for (long at = 0; at < from.size() && failure.get() == null; at += WINDOW) {
                window(threads, at, Math.min(WINDOW, from.size() - at));
            }
        } catch (InterruptedException | RuntimeException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
        Throwable failed = failure.get();
        switch (failed) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failed);
        }
        if (dealt.get() != from.size()) {
            throw new IllegalStateException(dealt.get() + " of " + from.size() + " bytes were dealt with");
        }
    }

    private void window(ExecutorService threads, long offset, long length) throws InterruptedException {
        List<Range> data;
        try {
            data = from.allocated(offset, length);
        } catch (RuntimeException e) {
            // Before the threads are waited for: they stop then.
            failure.compareAndSet(null, e);
            throw e;
        }
        long at = offset;
        for (Range range : data) {
            zeros(threads, at, range.offset());
            pieces(threads, range.offset(), range.end(), true);
            at = range.end();
        }
        zeros(threads, at, offset + length);
    }

    /** A fresh file has them already. */
    private void zeros(ExecutorService threads, long offset, long end) throws InterruptedException {
        if (to.isFresh()) {
            done(end - offset);
        } else {
            pieces(threads, offset, end, false);
        }
    }

    private void pieces(ExecutorService threads, long offset, long end, boolean data) throws InterruptedException {
        for (long at = offset; at < end; at += PIECE) {
            long start = at;
            int length = (int) Math.min(PIECE, end - at);
            room.acquire();
            threads.execute(() -> {
                try {
                    if (failure.get() == null) {
                        piece(start, length, data);
                    }
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                } finally {
                    room.release();
                }
            });
        }
    }

    private void piece(long offset, int length, boolean data) {
        if (data) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            from.read(offset, bytes);
            to.write(offset, bytes.flip());
        } else {
            to.zero(offset, length);
        }
        done(length);
    }

    private void done(long bytes) {
        dealt.addAndGet(bytes);
        progress.add(bytes);
    }
}
