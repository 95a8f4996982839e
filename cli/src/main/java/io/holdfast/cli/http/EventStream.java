package io.holdfast.cli.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events (WHATWG HTML, 9.2) of which only the newest counts: a job's state replaces the one before, so that a
 * slow reader keeps one event and not a queue. Bounded per line and per event; a stream that breaks the bound ends.
 */
final class EventStream implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {

    private static final int MAX_EVENT_BYTES = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private boolean afterReturn;
    private @Nullable String newest;
    private boolean alive = true;
    private boolean heard;
    private Flow.@Nullable Subscription subscription;
    private @Nullable CompletableFuture<?> exchange;

    /** Takes the body of a 200 with the right type, and ends at anything else. */
    BodyHandler<@Nullable Void> handler() {
        return info -> {
            boolean events = info.statusCode() == 200
                    && info.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
            if (!events) {
                end();
                return BodySubscribers.replacing(null);
            }
            return BodySubscribers.fromSubscriber(this, _ -> null);
        };
    }

    void belongsTo(CompletableFuture<?> future) {
        exchange = future;
        CompletableFuture<?> _ = future.whenComplete((_, _) -> end());
    }

    /**
     * Waits for the next event and forgets it.
     *
     * @return its data; null when the stream ended or was silent for that long (see {@link #ended()})
     */
    @Nullable
    String next(Duration silence) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = silence.toNanos();
            heard = false;
            while (newest == null && alive && left > 0) {
                left = changed.awaitNanos(left);
                if (heard) {
                    // A comment is a sign of life, too.
                    heard = false;
                    left = silence.toNanos();
                }
            }
            String event = newest;
            newest = null;
            return event;
        } finally {
            lock.unlock();
        }
    }

    boolean ended() {
        lock.lock();
        try {
            return !alive && newest == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        lock.lock();
        try {
            subscription = given;
        } finally {
            lock.unlock();
        }
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        boolean go;
        lock.lock();
        try {
            heard = true;
            buffers.forEach(this::take);
            go = alive;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Flow.Subscription from = subscription;
        if (from == null) {
            return;
        }
        if (go) {
            from.request(1);
        } else {
            from.cancel();
        }
    }

    private void take(ByteBuffer buffer) {
        while (buffer.hasRemaining() && alive) {
            byte next = buffer.get();
            boolean second = next == '\n' && afterReturn;
            afterReturn = next == '\r';
            if (second) {
                continue;
            }
            if (next == '\n' || next == '\r') {
                endLine(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(next);
            }
            if (line.size() + data.length() > MAX_EVENT_BYTES) {
                alive = false;
            }
        }
    }

    private void endLine(String text) {
        if (text.isEmpty()) {
            if (!data.isEmpty()) {
                newest = data.toString();
                data.setLength(0);
            }
        } else if (text.startsWith("data:")) {
            if (!data.isEmpty()) {
                data.append('\n');
            }
            data.append(text, text.startsWith("data: ") ? 6 : 5, text.length());
        }
    }

    @Override
    public void onError(Throwable broken) {
        end();
    }

    @Override
    public void onComplete() {
        end();
    }

    private void end() {
        lock.lock();
        try {
            alive = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        end();
        CompletableFuture<?> open = exchange;
        if (open != null) {
            open.cancel(true);
        }
        Flow.Subscription from = subscription;
        if (from != null) {
            from.cancel();
        }
    }
}
