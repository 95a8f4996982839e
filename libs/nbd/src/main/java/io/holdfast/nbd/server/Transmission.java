package io.holdfast.nbd.server;

import io.holdfast.nbd.NbdServer;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.nbd.server.handshake.Chosen;
import io.holdfast.nbd.wire.Protocol;
import io.holdfast.nbd.wire.Protocol.Command;
import io.holdfast.nbd.wire.Protocol.Errno;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads requests and has them answered, several at once. */
final class Transmission {

    private final Chosen chosen;
    private final ReplyWriter replies;
    private final ReadReply reads;
    private final StatusReply statuses;
    private final Deadlines deadlines;
    private final NbdServerOptions options;
    private final NbdServer.Listener listener;
    private final Semaphore slots;
    private final long size;
    private volatile boolean draining;

    Transmission(Chosen chosen, long size, Deadlines deadlines, BufferPool.Share buffers, NbdServerOptions options) {
        this.chosen = chosen;
        this.deadlines = deadlines;
        this.options = options;
        this.listener = options.listener();
        this.size = size;
        this.replies = new ReplyWriter(
                chosen.transport(), deadlines, options.timeouts().stall(), chosen.structured());
        this.reads = new ReadReply(chosen.export(), buffers, replies);
        this.statuses = new StatusReply(chosen.export(), chosen.contexts(), replies);
        this.slots = new Semaphore(options.maxRequestsPerConnection());
    }

    /** Takes no more requests; those under way are answered. */
    void drain() {
        draining = true;
        chosen.transport().shutdownInput();
    }

    /** Until the client leaves or {@link #drain()}; afterwards no request is under way. */
    void run() throws IOException, InterruptedException {
        ExecutorService workers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("nbd-request-", 0).factory());
        boolean orderly = false;
        try {
            orderly = readRequests(workers);
        } finally {
            end(workers, orderly || draining);
        }
    }

    private void end(ExecutorService workers, boolean gently) throws InterruptedException {
        workers.shutdown();
        boolean ended = false;
        try {
            ended = gently && awaitEnd(workers);
        } finally {
            if (!ended) {
                chosen.transport().close();
                workers.shutdownNow();
            }
        }
        if (!ended) {
            awaitEnd(workers);
        }
    }

    private boolean awaitEnd(ExecutorService workers) throws InterruptedException {
        return workers.awaitTermination(options.timeouts().grace().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** True when the client said goodbye, false when it just went. */
    private boolean readRequests(ExecutorService workers) throws IOException, InterruptedException {
        while (!draining && chosen.in().awaitMore()) {
            Request request = request(chosen.in());
            if (request == null) {
                return false;
            }
            if (request.type() == Command.DISCONNECT) {
                return true;
            }
            slots.acquire();
            workers.execute(() -> answer(request));
        }
        return false;
    }

    /**
     * The whole of a request that has begun, or {@code null} for what is none. Between requests a client may rest as long as
     * it likes, within one it may not.
     */
    private @Nullable Request request(WireInput in) throws IOException {
        try (Deadlines.Deadline _ = deadlines.set(options.timeouts().stall(), chosen.transport()::close)) {
            if (in.i32() != Protocol.REQUEST_MAGIC) {
                return null;
            }
            Request request = new Request(in.u16(), in.u16(), in.i64(), in.i64(), in.u32());
            if (request.type() == Command.WRITE) {
                if (request.length() > Protocol.MAX_PAYLOAD) {
                    return null;
                }
                in.skip(request.length());
            }
            return request;
        }
    }

    /** A request without an answer would be waited for for ever: whatever happens, it is answered or the connection ends. */
    private void answer(Request request) {
        try {
            send(request);
        } catch (IOException e) {
            chosen.transport().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            chosen.transport().close();
        } catch (Throwable e) {
            chosen.transport().close();
            listener.connectionFailed(e);
        } finally {
            slots.release();
        }
    }

    private void send(Request request) throws IOException, InterruptedException {
        try {
            int refusal = refusal(request);
            if (refusal != 0) {
                replies.error(request.cookie(), refusal);
            } else if (request.type() == Command.READ) {
                reads.send(request);
            } else {
                statuses.send(request);
            }
        } catch (ExportFailure e) {
            failed(request, e);
        }
    }

    private void failed(Request request, ExportFailure failure) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            return; // We stopped it ourselves; the connection is gone.
        }
        listener.requestFailed(request.offset(), request.length(), failure.reason());
        replies.error(request.cookie(), Errno.EIO);
    }

    /** The error number of a request that is not even tried, else 0. */
    private int refusal(Request request) {
        return switch (request.type()) {
            case Command.READ -> {
                int allowed = chosen.structured() ? Command.FLAG_DF : 0;
                boolean fine = request.hasOnly(allowed) && request.length() <= Protocol.MAX_PAYLOAD;
                yield fine && request.inside(size) ? 0 : Errno.EINVAL;
            }
            case Command.BLOCK_STATUS -> {
                boolean fine = request.hasOnly(Command.FLAG_REQ_ONE)
                        && !chosen.contexts().isEmpty();
                yield fine && request.inside(size) ? 0 : Errno.EINVAL;
            }
            case Command.WRITE, Command.TRIM, Command.WRITE_ZEROES -> Errno.EPERM;
            default -> Errno.EINVAL;
        };
    }
}
