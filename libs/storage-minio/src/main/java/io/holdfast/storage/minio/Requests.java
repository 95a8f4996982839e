package io.holdfast.storage.minio;

import io.holdfast.storage.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;

/**
 * Waits for requests so that an interrupt really ends them: it cancels the call, which closes its connection. The calls
 * of a request are known because minio-java begins them on the thread that asks (the region being given, it asks nothing
 * else first). Safe for any number of threads.
 */
final class Requests implements AutoCloseable {

    private static final ScopedValue<List<Call>> CALLS = ScopedValue.newInstance();

    static final EventListener.Factory CALLS_OF_THIS_THREAD = call -> {
        if (CALLS.isBound()) {
            CALLS.get().add(call);
        }
        return EventListener.NONE;
    };

    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("s3-", 0).factory());
    private final OkHttpClient http;
    private final S3Failures failures;

    Requests(ConnectionOptions options, S3Failures failures) {
        this.http = HttpClients.client(options, threads);
        this.failures = failures;
    }

    OkHttpClient http() {
        return http;
    }

    /** Makes a request and waits for its answer. */
    <T> T run(Supplier<CompletableFuture<T>> request) {
        return run(request, Function.identity());
    }

    /** Makes a request and has its answer read, on another thread, so that an interrupt ends the reading, too. */
    <S, T> T run(Supplier<CompletableFuture<S>> request, Function<S, T> reader) {
        Arguments.checkInterrupt();
        List<Call> calls = new ArrayList<>();
        try {
            CompletableFuture<S> answer = ScopedValue.where(CALLS, calls).call(request::get);
            return answer.thenApplyAsync(reader, threads).get();
        } catch (InterruptedException e) {
            calls.forEach(Call::cancel);
            Thread.currentThread().interrupt();
            throw Arguments.cancelled(e);
        } catch (ExecutionException e) {
            throw failures.translated(e);
        }
    }

    /** Ends requests in flight, and their connections. */
    @Override
    public void close() {
        http.dispatcher().cancelAll();
        threads.shutdown();
        http.connectionPool().evictAll();
    }
}
