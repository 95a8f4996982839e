package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceCredentials;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/**
 * One source's connection. Every call runs on one of a few platform threads and has a deadline: a native call cannot be
 * interrupted, so a call that overruns keeps its thread, its connection is given up, and the next call gets new ones. The
 * number of such lost threads is bounded; beyond it the source counts as unreachable until some come back. Thread-safe.
 */
final class LibvirtConnection implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LibvirtConnection.class);
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int THREADS = 4;
    private static final int QUEUE = 64;
    private static final int MAX_STUCK = 12;
    private static final int KEEPALIVE_SECONDS = 5;
    private static final int KEEPALIVE_COUNT = 3;

    private final String name;
    private final String uri;
    private final @Nullable SourceCredentials credentials;
    private final AtomicInteger stuck = new AtomicInteger();
    private final AtomicInteger threadNumber = new AtomicInteger();
    private Generation current;

    /** What runs against the connection, on a bounded thread. */
    interface Call<T extends @Nullable Object> {
        T on(OpenConnection connection) throws LibvirtException;
    }

    /** A connection and the threads that may use it. */
    private final class Generation {
        private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                r -> Thread.ofPlatform()
                        .name("libvirt-" + name + "-" + threadNumber.incrementAndGet())
                        .daemon()
                        .unstarted(r));
        private @Nullable OpenConnection open;

        Generation() {
            threads.allowCoreThreadTimeOut(true);
        }

        synchronized OpenConnection connection() throws LibvirtException {
            OpenConnection there = open;
            if (there != null && there.isAlive()) {
                return there;
            }
            open = null;
            if (there != null) {
                LOG.infof("source %s: connection lost, connecting again", name);
                there.close();
            }
            LibvirtLibrary.start();
            OpenConnection fresh = OpenConnection.open(uri, credentials);
            keepAlive(fresh);
            open = fresh;
            return fresh;
        }

        private void keepAlive(OpenConnection fresh) throws LibvirtException {
            try {
                fresh.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
            } catch (LibvirtException e) {
                // A driver inside this process has nobody to lose.
                if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_SUPPORT)) {
                    fresh.close();
                    throw e;
                }
            }
        }

        void end() {
            try {
                threads.execute(this::disconnect);
            } catch (RejectedExecutionException e) {
                LOG.debugf("source %s: connection left to the garbage collector", name);
            }
            threads.shutdown();
        }

        private synchronized void disconnect() {
            try {
                if (open != null) {
                    open.close();
                    open = null;
                }
            } catch (LibvirtException e) {
                LOG.debugf(e, "source %s: closing failed", name);
            }
        }
    }

    LibvirtConnection(String name, String uri, @Nullable SourceCredentials credentials) {
        this.credentials = credentials;
        this.name = name;
        this.uri = uri;
        this.current = new Generation();
    }

    <T extends @Nullable Object> T call(String what, Call<T> call) {
        return call(what, DEADLINE, call);
    }

    /** Runs a call; {@code what} completes "could not ..." for people. */
    <T extends @Nullable Object> T call(String what, Duration deadline, Call<T> call) {
        Generation generation = generation();
        FutureTask<T> task = new FutureTask<>(() -> call.on(generation.connection()));
        try {
            generation.threads.execute(() -> {
                task.run();
                if (task.isCancelled()) {
                    stuck.decrementAndGet();
                }
            });
            return task.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // It never got a thread: nothing hangs because of it, and those before it are not to be disturbed.
            throw new ApiException(
                    ErrorCode.UNAVAILABLE, "Too many calls wait for the hypervisor already; try again.", e);
        } catch (TimeoutException e) {
            giveUp(task);
            replace(generation);
            throw new ApiException(
                    ErrorCode.HYPERVISOR_TIMEOUT,
                    "The hypervisor did not " + what + " within " + deadline.toSeconds() + " s.",
                    e);
        } catch (InterruptedException e) {
            giveUp(task);
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.UNAVAILABLE, "The service is stopping; try again.", e);
        } catch (CancellationException e) {
            throw new ApiException(ErrorCode.UNAVAILABLE, "The call was given up; try again.", e);
        } catch (ExecutionException e) {
            throw LibvirtErrors.translate(what, e.getCause());
        }
    }

    private void giveUp(FutureTask<?> task) {
        if (task.cancel(false)) {
            stuck.incrementAndGet();
        }
    }

    private synchronized Generation generation() {
        if (stuck.get() >= MAX_STUCK) {
            throw new ApiException(
                    ErrorCode.SOURCE_UNREACHABLE, "The hypervisor hangs: " + stuck.get() + " calls never came back.");
        }
        return current;
    }

    private synchronized void replace(Generation broken) {
        if (current == broken) {
            LOG.warnf("source %s: a call hangs; connecting anew", name);
            current = new Generation();
            broken.end();
        }
    }

    @Override
    public synchronized void close() {
        current.end();
    }
}
