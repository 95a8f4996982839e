package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdException.Kind;
import io.holdfast.nbd.wire.Protocol;
import io.holdfast.nbd.wire.Protocol.Chunk;
import io.holdfast.nbd.wire.Protocol.Command;
import io.holdfast.nbd.wire.Transport;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection. Its reader thread connects, shakes hands, then reads replies until the first failure, which ends the
 * connection and every request on it. Callers write their request and wait; a caller that waits too long, or is
 * interrupted, ends the connection too: that is the only way to be sure that nobody writes into its buffer any more.
 */
public final class Connection implements AutoCloseable {

    private static final int READ_BUFFER = 64 << 10;

    private final Dialer dialer;
    private final String exportName;
    private final NbdClientOptions options;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable NbdException> failure = new AtomicReference<>();
    private final AtomicLong cookies = new AtomicLong(0x686f6c64_00000000L);
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final Semaphore inFlight;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile @Nullable Transport transport;
    private volatile @Nullable Agreed agreed;

    private Connection(NbdAddress address, String exportName, NbdClientOptions options) {
        this.dialer = new Dialer(address, options.connectTimeout());
        this.exportName = exportName;
        this.options = options;
        this.inFlight = new Semaphore(options.maxInFlight());
    }

    /** Connects and shakes hands within the options' time. */
    public static Connection open(NbdAddress address, String exportName, NbdClientOptions options) {
        Connection connection = new Connection(address, exportName, options);
        Thread.ofVirtual().name("nbd-client").start(connection::run);
        connection.await(connection.ready, options.connectTimeout(), "the NBD handshake", false);
        NbdException failed = connection.failure.get();
        if (failed != null) {
            throw new NbdException(failed.kind(), String.valueOf(failed.getMessage()), failed);
        }
        return connection;
    }

    public Agreed agreed() {
        Agreed found = agreed;
        if (found == null) {
            throw new IllegalStateException("not connected");
        }
        return found;
    }

    /** Puts a request on the wire, as soon as the number of requests in flight allows. */
    void send(Pending request) {
        try {
            if (!inFlight.tryAcquire(options.requestTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                throw fail(new NbdException(Kind.TIMEOUT, "the NBD server is too slow"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw fail(new NbdException(Kind.CLOSED, "interrupted", e));
        }
        long cookie = cookies.incrementAndGet();
        pending.put(cookie, request);
        if (failure.get() != null) {
            // The reader may have gone before it could see this request; while it is there, it may use any of them.
            awaitUninterruptibly(ended);
            abandonAll();
            return;
        }
        ByteBuffer header = ByteBuffer.allocate(28);
        header.putInt(Protocol.REQUEST_MAGIC).putShort((short) 0).putShort((short) request.command);
        header.putLong(cookie).putLong(request.offset).putInt(request.length).flip();
        write(header, request.body);
    }

    /** Waits for the end of a request that was sent, and throws what went wrong with it. */
    void finish(Pending request) {
        await(request.done, options.requestTimeout(), "the NBD server's answer", true);
        request.check();
    }

    /** Waits until nobody touches the request any more, whatever became of it. */
    void settle(Pending request) {
        try {
            finish(request);
        } catch (NbdException ignored) {
            // Another piece of the same call has failed already: that one is told.
        }
    }

    /** Tells the server, then closes. Requests on the wire fail. */
    @Override
    public void close() {
        if (failure.compareAndSet(null, new NbdException(Kind.CLOSED, "the NBD client was closed"))) {
            sayGoodbye();
        }
        dialer.close();
    }

    private void sayGoodbye() {
        // Not worth waiting for: the server sees the end of the stream as well.
        if (agreed == null || !pending.isEmpty() || !writing.tryLock()) {
            return;
        }
        try {
            Transport open = transport;
            if (open != null && !Thread.currentThread().isInterrupted()) {
                ByteBuffer header = ByteBuffer.allocate(28);
                header.putInt(Protocol.REQUEST_MAGIC).putShort((short) 0).putShort((short) Command.DISCONNECT);
                open.write(header.putLong(0).putLong(0).putInt(0).flip());
            }
        } catch (IOException ignored) {
            // The connection is closed next in any case.
        } finally {
            writing.unlock();
        }
    }

    private void write(ByteBuffer header, ByteBuffer body) {
        writing.lock();
        try {
            Transport open = transport;
            if (open != null) {
                if (body.hasRemaining()) {
                    open.write(header, body);
                } else {
                    open.write(header);
                }
            }
        } catch (IOException e) {
            Kind kind = Thread.currentThread().isInterrupted() ? Kind.CLOSED : Kind.IO;
            fail(new NbdException(kind, "the connection to the NBD server broke", e));
        } finally {
            writing.unlock();
        }
    }

    /** Waits for the reader; with {@code tillReleased} it has let go of what the latch stands for afterwards. */
    private void await(CountDownLatch latch, Duration timeout, String what, boolean tillReleased) {
        try {
            if (!latch.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                fail(new NbdException(Kind.TIMEOUT, what + " did not come in time"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new NbdException(Kind.CLOSED, "interrupted while waiting for " + what, e));
        }
        if (tillReleased) {
            awaitUninterruptibly(latch);
        }
    }

    /** Short: a closed connection ends the reader at its next byte. */
    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = Thread.interrupted();
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the connection for this reason, unless it has one already; returns the one that holds. */
    private NbdException fail(NbdException reason) {
        failure.compareAndSet(null, reason);
        dialer.close();
        NbdException first = failure.get();
        return first == null ? reason : first;
    }

    private void run() {
        try {
            Transport open = dialer.dial();
            WireInput in = new WireInput(open, READ_BUFFER);
            Agreed found = new Handshake(open, in, exportName, options).agree();
            transport = open;
            agreed = found;
            ready.countDown();
            while (true) {
                reply(in, found.structured());
            }
        } catch (NbdException e) {
            fail(e);
        } catch (SSLException e) {
            // Under TLS 1.3 a server refuses our certificate only after the handshake.
            Kind kind = agreed == null ? Kind.TLS : Kind.IO;
            fail(new NbdException(kind, "TLS with the NBD server failed", e));
        } catch (IOException e) {
            fail(new NbdException(Kind.IO, "the connection to the NBD server broke", e));
        } catch (RuntimeException | Error e) {
            fail(new NbdException(Kind.PROTOCOL, "the NBD client failed", e));
            throw e;
        } finally {
            abandonAll();
            ended.countDown();
            ready.countDown();
        }
    }

    private void reply(WireInput in, boolean structured) throws IOException {
        int magic = in.i32();
        if (magic == Protocol.SIMPLE_REPLY_MAGIC) {
            int error = in.i32();
            long cookie = in.i64();
            find(cookie).simple(error, in, structured);
            end(cookie);
        } else if (magic == Protocol.STRUCTURED_REPLY_MAGIC && structured) {
            int flags = in.u16();
            int type = in.u16();
            long cookie = in.i64();
            long payload = in.u32();
            find(cookie).chunk(type, flags, payload, in);
            if ((flags & Chunk.FLAG_DONE) != 0) {
                end(cookie);
            }
        } else {
            throw NbdException.protocol("a reply has a wrong magic number");
        }
    }

    private Pending find(long cookie) {
        Pending request = pending.get(cookie);
        if (request == null) {
            throw NbdException.protocol("a reply to a request that was never made");
        }
        return request;
    }

    private void end(long cookie) {
        find(cookie).end();
        if (pending.remove(cookie) != null) {
            inFlight.release();
        }
    }

    private void abandonAll() {
        NbdException reason = failure.get();
        NbdException known = reason == null ? new NbdException(Kind.CLOSED, "the connection ended") : reason;
        for (Long cookie : List.copyOf(pending.keySet())) {
            Pending request = pending.remove(cookie);
            if (request != null) {
                request.abandon(known);
                inFlight.release();
            }
        }
    }
}
