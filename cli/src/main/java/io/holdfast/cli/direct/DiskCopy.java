package io.holdfast.cli.direct;

import io.holdfast.vault.DiskReader;
import io.holdfast.vault.Range;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Copies one disk of a point to its target, in pieces on as many threads as there are cores. Used once. */
final class DiskCopy {

    /** Pieces follow one another within few packs, and are large enough for a sequential disk. */
    private static final int PIECE = 2 << 20;
    /** What is asked about at once: where there is data in it. */
    private static final long WINDOW = 256L << 20;

    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private final DiskReader from;
    private final DiskTarget to;
    private final DirectProgress progress;
    private final Semaphore room = new Semaphore(2 * THREADS);
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    DiskCopy(DiskReader from, DiskTarget to, DirectProgress progress) {
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    /** Returns when every byte is written; the first failure is thrown. */
    void run() throws InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().daemon().name("restore-", 0).factory())) {
            try {
                for (long at = 0; at < from.size() && failure.get() == null; at += WINDOW) {
                    window(threads, at, Math.min(WINDOW, from.size() - at));
                }
                room.acquire(2 * THREADS);
            } catch (InterruptedException | RuntimeException e) {
                threads.shutdownNow();
                throw e;
            }
        }
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    private void window(ExecutorService threads, long offset, long length) throws InterruptedException {
        List<Range> data = from.allocated(offset, length);
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
            progress.add(end - offset);
        } else {
            pieces(threads, offset, end, false);
        }
    }

    private void pieces(ExecutorService threads, long offset, long end, boolean data) throws InterruptedException {
        for (long at = offset; at < end; at += PIECE) {
            long from0 = at;
            int length = (int) Math.min(PIECE, end - at);
            room.acquire();
            threads.execute(() -> {
                try {
                    if (failure.get() == null) {
                        piece(from0, length, data);
                    }
                } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                } finally {
                    room.release();
                }
            });
        }
    }

    private void piece(long offset, int length, boolean data) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        if (data) {
            from.read(offset, bytes);
            bytes.flip();
        }
        to.write(offset, bytes);
        progress.add(length);
    }
}
