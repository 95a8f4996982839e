package io.holdfast.cli.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.holdfast.api.Headers;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests: a deadline over the whole answer, a bound on its size, and tries again where that is safe: for reads,
 * for deletes, and for posts with an idempotency key. Follows no redirect, so that the token goes to one host only.
 * Thread-safe.
 */
final class Transport implements AutoCloseable {

    /** Larger than a page of a thousand VMs with many disks each. */
    private static final long MAX_ANSWER_BYTES = 32L << 20;

    private final CatalogAddress address;
    private final Timing timing;
    private final Pause pause;
    private final HttpClient http;

    Transport(CatalogAddress address, Timing timing, Pause pause) {
        this.address = address;
        this.timing = timing;
        this.pause = pause;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timing.connect())
                .build();
    }

    /** The answer's document; a missing node when there is no body. */
    JsonNode send(Call call) throws InterruptedException {
        boolean mayBeDone = false;
        for (int attempt = 1; ; attempt++) {
            Attempt result = once(call);
            if (result instanceof Attempt.Answered answer && !answer.passing()) {
                return settle(call, answer, mayBeDone);
            }
            mayBeDone |= result instanceof Attempt.Lost || (result instanceof Attempt.Answered a && a.mayBeDone());
            if (attempt >= timing.tries()) {
                throw givenUp(call, result, mayBeDone);
            }
            pause.of(jittered(timing.backoff(attempt + 1)));
        }
    }

    private static JsonNode settle(Call call, Attempt.Answered answer, boolean mayBeDone) {
        if (answer.ok()) {
            try {
                return answer.document();
            } catch (IOException e) {
                throw new ApiException(ErrorCode.INTERNAL, "The catalog's answer to " + call + " is not JSON.", e);
            }
        }
        boolean gone = answer.status() == 404 && call.method().equals("DELETE");
        if (gone && mayBeDone) {
            // An earlier try of this delete arrived, only its answer was lost.
            return MissingNode.getInstance();
        }
        boolean exists = answer.code() == ErrorCode.SOURCE_EXISTS || answer.code() == ErrorCode.VAULT_EXISTS;
        if (exists && mayBeDone && call.method().equals("POST")) {
            throw new ApiException(
                    ErrorCode.OUTCOME_UNKNOWN,
                    "The first answer was lost, and asked again the catalog says: " + answer.detail()
                            + " It may have been made just now; if it is a vault that was to get a recovery key, remove it and add"
                            + " one at another prefix or folder.");
        }
        throw new ApiException(answer.code(), answer.detail());
    }

    private ApiException givenUp(Call call, Attempt last, boolean mayBeDone) {
        Exception cause =
                last instanceof Attempt.Lost(Exception e) ? e : last instanceof Attempt.NotSent(Exception e) ? e : null;
        if (mayBeDone && !call.readsOnly()) {
            return new ApiException(
                    ErrorCode.OUTCOME_UNKNOWN,
                    "The connection to the catalog was lost after the request was sent: whether it was done is not known."
                            + " 'holdfast job list' and the lists of what was to be made show it.",
                    cause);
        }
        return switch (last) {
            case Attempt.Answered answer -> new ApiException(answer.code(), answer.detail());
            case Attempt.NotSent(Exception e) ->
                new ApiException(
                        ErrorCode.UNAVAILABLE,
                        "No catalog answers at " + address.url() + " (" + reason(e)
                                + "); is it up? See 'holdfast status'.",
                        e);
            case Attempt.Lost(Exception e) ->
                new ApiException(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "The catalog at " + address.url() + " gave no whole answer (" + reason(e) + ").",
                        e);
        };
    }

    private static String reason(Exception e) {
        return switch (e) {
            case TimeoutException _, HttpConnectTimeoutException _ -> "timed out";
            case ConnectException c when c.getMessage() == null -> "connection refused";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private Attempt once(Call call) throws InterruptedException {
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(
                request(call), BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_ANSWER_BYTES));
        try {
            HttpResponse<String> response = answer.get(timing.request().toNanos(), TimeUnit.NANOSECONDS);
            return new Attempt.Answered(response.statusCode(), response.body());
        } catch (TimeoutException e) {
            return new Attempt.Lost(e);
        } catch (ExecutionException e) {
            return ofFailure(e.getCause());
        } finally {
            // Ends the exchange when it was the deadline or an interrupt that brought us here.
            answer.cancel(true);
        }
    }

    private static Attempt ofFailure(@Nullable Throwable cause) {
        return switch (cause) {
            case HttpConnectTimeoutException e -> new Attempt.NotSent(e);
            case ConnectException e -> new Attempt.NotSent(e);
            case SSLHandshakeException e -> new Attempt.NotSent(e);
            case Exception e -> new Attempt.Lost(e);
            case null, default -> new Attempt.Lost(new IOException("the connection broke"));
        };
    }

    private HttpRequest request(Call call) {
        HttpRequest.Builder request = base(call.path()).header("Accept", "application/json, application/problem+json");
        if (call.key() != null) {
            request.header(Headers.IDEMPOTENCY_KEY, call.key().toString());
        }
        Object body = call.body();
        if (body == null) {
            return request.method(call.method(), BodyPublishers.noBody()).build();
        }
        return request.header("Content-Type", "application/json")
                .method(call.method(), BodyPublishers.ofByteArray(Json.bytes(body)))
                .build();
    }

    private HttpRequest.Builder base(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                .header(Headers.REQUEST_ID, UUID.randomUUID().toString());
        BearerToken token = address.token();
        return token == null ? request : request.header("Authorization", "Bearer " + token.value());
    }

    /** Opens an event stream; it ends by itself or when it is closed. */
    EventStream events(String path) {
        EventStream stream = new EventStream();
        HttpRequest request = base(path).header("Accept", "text/event-stream").build();
        CompletableFuture<?> exchange = http.sendAsync(request, stream.handler());
        stream.belongsTo(exchange);
        return stream;
    }

    Timing timing() {
        return timing;
    }

    Pause pause() {
        return pause;
    }

    private static Duration jittered(Duration time) {
        long nanos = time.toNanos();
        return Duration.ofNanos(nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
