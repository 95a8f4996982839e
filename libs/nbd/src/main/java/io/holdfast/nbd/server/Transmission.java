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

/** Reads requests and has them answered, several at once. */
final class Transmission {

    private final Chosen chosen;
    private final ReplyWriter replies;
    private final ReadReply reads;
    private final StatusReply statuses;
    private final NbdServerOptions options;
    private final NbdServer.Listener listener;
    private final Semaphore slots;
    private final long size;
    private volatile boolean draining;

    Transmission(Chosen chosen, long size, Deadlines deadlines, BufferPool buffers, NbdServerOptions options) {
        this.chosen = chosen;
        this.options = options;
        this.listener = options.listener();
        this.size = size;
        this.replies = new ReplyWriter(chosen.transport(), deadlines, options.stallTimeout(), chosen.structured());
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
        return workers.awaitTermination(options.closeGrace().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** True when the client said goodbye, false when it just went. */
    private boolean readRequests(ExecutorService workers) throws IOException, InterruptedException {
        WireInput in = chosen.in();
        while (!draining && in.awaitMore()) {
            if (in.i32() != Protocol.REQUEST_MAGIC) {
                return false;
            }
            Request request = new Request(in.u16(), in.u16(), in.i64(), in.i64(), in.u32());
            if (request.type() == Command.DISCONNECT) {
                return true;
            }
            if (request.type() == Command.WRITE) {
                if (request.length() > Protocol.MAX_PAYLOAD) {
                    return false;
                }
                in.skip(request.length());
            }
            slots.acquire();
            workers.execute(() -> answer(request));
        }
        return false;
    }

    private void answer(Request request) {
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
        } catch (IOException e) {
            chosen.transport().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            chosen.transport().close();
        } finally {
            slots.release();
        }
    }

    private void failed(Request request, ExportFailure failure) {
        if (Thread.currentThread().isInterrupted()) {
            return; // We stopped it ourselves; the connection is gone.
        }
        listener.requestFailed(request.offset(), request.length(), failure.reason());
        try {
            replies.error(request.cookie(), Errno.EIO);
        } catch (IOException e) {
            chosen.transport().close();
        }
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
