package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileServerTest {

    private static final ObjectKey KEY = ObjectKey.of("key");
    private static final byte[] BODY = {1, 2, 3, 4};

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, no, DENIED",
        "403, InvalidAccessKeyId, no, DENIED",
        "403, SignatureDoesNotMatch, no, DENIED",
        "404, NoSuchBucket, no, NO_SUCH_STORE",
        "409, ConditionalRequestConflict, another put is under way, UNAVAILABLE",
        "500, InternalError, We encountered an internal error: cause(no space left on device), FULL",
        "507, XMinioStorageFull, full, FULL",
        "500, InternalError, We encountered an internal error, UNAVAILABLE",
        "503, SlowDown, later, UNAVAILABLE",
        "503, SlowDownWrite, later, UNAVAILABLE",
        "429, TooManyRequests, later, UNAVAILABLE",
        "400, XAmzContentSHA256Mismatch, damaged on the way, NOT_TAKEN",
        "400, IncompleteBody, cut on the way, NOT_TAKEN",
        "400, InvalidArgument, no, OTHER",
        "301, PermanentRedirect, elsewhere, OTHER",
    })
    void a_refused_put_is_told_by_its_reason(int status, String code, String message, Kind kind) throws Exception {
        with(S3Stub.error(status, code, message), store -> {
            assertFails(kind, () -> store.putIfAbsent(KEY, BODY));
        });
    }

    @Test
    void a_put_that_meets_an_object_exists() throws Exception {
        with(S3Stub.error(412, "PreconditionFailed", "exists"), store -> {
            assertThat(store.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.EXISTS);
        });
    }

    @Test
    void a_put_always_demands_absence() throws Exception {
        AtomicReference<String> demand = new AtomicReference<>("");
        S3Stub.Answer answer = request -> {
            demand.set(request.getRequestHeaders().getFirst("If-None-Match"));
            request.getResponseHeaders().set("ETag", "\"00000000000000000000000000000000\"");
            S3Stub.send(request, 200, new byte[0]);
        };
        with(answer, store -> assertThat(store.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.CREATED));
        assertThat(demand).hasValue("*");
    }

    @ParameterizedTest
    @CsvSource({"502, UNAVAILABLE", "403, DENIED", "404, OTHER", "507, FULL"})
    void a_proxys_page_is_not_taken_for_an_answer_of_the_store(int status, Kind kind) throws Exception {
        S3Stub.Answer page = request -> {
            request.getResponseHeaders().set("Content-Type", "text/html");
            S3Stub.send(request, status, "<html>secret-key</html>".getBytes(StandardCharsets.UTF_8));
        };
        with(page, store -> {
            assertFails(kind, () -> store.get(KEY, 10));
            assertFails(kind, () -> store.putIfAbsent(KEY, BODY));
        });
    }

    @Test
    void a_body_shorter_than_announced_is_corrupt() throws Exception {
        S3Stub.Answer half = request -> {
            request.sendResponseHeaders(200, 1_000);
            request.getResponseBody().write(new byte[500]);
            request.getResponseBody().flush();
        };
        with(half, store -> assertFails(Kind.CORRUPT_REPLY, () -> store.get(KEY, 1_000)));
    }

    @Test
    void a_body_that_does_not_match_its_sum_is_corrupt() throws Exception {
        S3Stub.Answer wrong = request -> {
            String sum = Base64.getEncoder().encodeToString(new byte[] {9, 9, 9, 9});
            request.getResponseHeaders().set("x-amz-checksum-crc32c", sum);
            S3Stub.send(request, 200, BODY);
        };
        with(wrong, store -> assertFails(Kind.CORRUPT_REPLY, () -> store.get(KEY, 1_000)));
    }

    @Test
    void a_length_beyond_all_bounds_is_refused_before_reading() throws Exception {
        S3Stub.Answer huge = request -> {
            request.sendResponseHeaders(200, 1L << 50);
            request.getResponseBody().write(1);
            request.getResponseBody().flush();
        };
        with(huge, store -> assertFails(Kind.TOO_LARGE, () -> store.get(KEY, 1_000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 0-3/100", "bytes 10-13/*", "nonsense", ""})
    void another_range_than_the_one_asked_for_is_corrupt(String range) throws Exception {
        S3Stub.Answer other = request -> {
            request.getResponseHeaders().set("Content-Range", range);
            S3Stub.send(request, 206, BODY);
        };
        with(other, store -> assertFails(Kind.CORRUPT_REPLY, () -> store.getRange(KEY, 10, 4)));
    }

    @Test
    void the_whole_object_in_answer_to_a_range_is_corrupt() throws Exception {
        S3Stub.Answer whole = request -> S3Stub.send(request, 200, new byte[100]);
        with(whole, store -> assertFails(Kind.CORRUPT_REPLY, () -> store.getRange(KEY, 10, 4)));
    }

    @Test
    void an_error_without_end_is_cut() throws Exception {
        S3Stub.Answer endless = request -> {
            request.getResponseHeaders().set("Content-Type", "application/xml");
            request.sendResponseHeaders(500, 0);
            byte[] much = new byte[1 << 20];
            for (int i = 0; i < 10_000; i++) {
                request.getResponseBody().write(much);
            }
        };
        with(endless, store -> assertFails(Kind.CORRUPT_REPLY, () -> store.get(KEY, 10)));
    }

    @ParameterizedTest
    @CsvSource({
        "b:1 a:1, '', objects out of order",
        "a:1 a:1, '', objects out of order",
        "a:-1, '', objects out of order",
        "'', <IsTruncated>true</IsTruncated>, names no next one",
        "a:1, <IsTruncated>true</IsTruncated><NextContinuationToken>round</NextContinuationToken>, out of order",
        "'', <IsTruncated>true</IsTruncated><NextContinuationToken>round</NextContinuationToken>, pages without end",
        "'', <unclosed>, not understood",
    })
    void a_listing_that_lies_is_corrupt(String objects, String rest, String sentence) throws Exception {
        with(S3Stub.xml(200, listing(objects, rest)), store -> {
            assertFails(Kind.CORRUPT_REPLY, () -> all(store, ""));
            assertThatThrownBy(() -> all(store, "")).hasMessageContaining(sentence);
        });
    }

    @Test
    void an_object_outside_the_prefix_is_corrupt_and_a_strangers_name_is_passed_over() throws Exception {
        String names = "Stranger:1 ..%2F..%2Fetc:1 ours:1 .ours:1";
        with(S3Stub.xml(200, listing(names, "<EncodingType>url</EncodingType>")), store -> {
            assertThat(all(store, "")).isEqualTo(1);
            assertThat(store.stranger()).contains("Stranger");
            assertFails(Kind.CORRUPT_REPLY, () -> all(store, "x"));
        });
    }

    /** A page of objects, written as {@code key:size}. */
    private static String listing(String objects, String rest) {
        StringBuilder xml = new StringBuilder("<ListBucketResult><Name>bucket</Name>");
        for (String object : objects.isEmpty() ? new String[0] : objects.split(" ", -1)) {
            String[] parts = object.split(":", -1);
            xml.append("<Contents><Key>")
                    .append(parts[0])
                    .append("</Key><Size>")
                    .append(parts[1]);
            xml.append("</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>");
        }
        return xml.append(rest).append("</ListBucketResult>").toString();
    }

    @Test
    void a_refusal_names_the_place_and_no_key() throws Exception {
        with(S3Stub.error(403, "InvalidAccessKeyId", "no such key"), store -> {
            assertThatThrownBy(() -> store.get(KEY, 1))
                    .hasMessageContaining("s3+http://127.0.0.1")
                    .hasMessageContaining("InvalidAccessKeyId")
                    .hasMessageNotContaining("secret-key")
                    .hasNoCause();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_interrupt_ends_a_call_that_the_server_holds(boolean inTheBody) throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        S3Stub.Answer holding = request -> {
            if (inTheBody) {
                request.sendResponseHeaders(200, 1_000);
                request.getResponseBody().write(new byte[10]);
                request.getResponseBody().flush();
            }
            arrived.countDown();
            await(release);
        };
        with(holding, store -> {
            AtomicReference<Kind> ended = new AtomicReference<>();
            Thread caller = Thread.ofPlatform().start(() -> {
                try {
                    store.get(KEY, 1_000);
                } catch (StorageException e) {
                    ended.set(Thread.currentThread().isInterrupted() ? e.kind() : Kind.OTHER);
                }
            });
            await(arrived);
            caller.interrupt();
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> ended.get() == Kind.CANCELLED);
            release.countDown();
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long all(ObjectStore store, String prefix) {
        try (Stream<ObjectInfo> objects = store.list(prefix)) {
            return objects.count();
        }
    }

    private static void with(S3Stub.Answer answer, Consumer<ObjectStore> test) throws IOException {
        try (S3Stub server = new S3Stub(answer);
                ObjectStore store = server.store()) {
            test.accept(store);
        }
    }

    private static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind));
    }
}
