package io.holdfast.vault.access;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Keeps a few requests on the wire when a disk is read in sequence: one reader that waits for each answer would be as slow as
 * the network's round trip. Only a guess: a read that was not foreseen goes straight through. For one reading thread.
 */
final class ReadAhead implements AutoCloseable {

    /** Spans asked for before they are wanted; with the engine's own window this fills a 1 ms path at 1 GB/s. */
    private static final int DEPTH = 4;

    /** Reads from the export; thread-safe. */
    @FunctionalInterface
    interface Export {
        void read(long offset, ByteBuffer into);
    }

    private record Span(long offset, int length, FutureTask<ByteBuffer> bytes) {}

    private final Export export;
    private final long size;
    private final Deque<Span> ahead = new ArrayDeque<>();
    private long lastEnd = -1;
    private volatile long limit;

    ReadAhead(Export export, long size) {
        this.export = export;
        this.size = size;
    }

    /** Data is wanted up to here, as far as is known. */
    void expectUpTo(long end) {
        limit = Math.min(end, size);
    }

    void read(long offset, ByteBuffer into) throws IOException {
        int length = into.remaining();
        Span next = ahead.peekFirst();
        if (next != null && next.offset() == offset && next.length() == length) {
            ahead.removeFirst();
            into.put(await(next));
        } else {
            ahead.clear();
            export.read(offset, into);
        }
        boolean inSequence = offset == lastEnd;
        lastEnd = offset + length;
        if (inSequence && length == NbdDiskSource.REQUEST_BYTES) {
            fill();
        }
    }

    private void fill() {
        Span last = ahead.peekLast();
        long from = last == null ? lastEnd : last.offset() + last.length();
        while (ahead.size() < DEPTH && from < limit) {
            int length = (int) Math.min(NbdDiskSource.REQUEST_BYTES, limit - from);
            ahead.addLast(request(from, length));
            from += length;
        }
    }

    private Span request(long offset, int length) {
        var task = new FutureTask<>(() -> {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            export.read(offset, bytes);
            return bytes.flip();
        });
        Thread.ofVirtual().name("read-ahead").start(task);
        return new Span(offset, length, task);
    }

    private static ByteBuffer await(Span span) throws IOException {
        try {
            return span.bytes().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        }
    }

    /** Forgets what was asked for; the connection's end ends the requests. */
    @Override
    public void close() {
        ahead.clear();
    }
}
