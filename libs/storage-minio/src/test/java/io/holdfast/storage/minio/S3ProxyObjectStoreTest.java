package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.RetryPolicy;
import io.holdfast.storage.StorageException.Kind;
import io.holdfast.testkit.s3.S3ForTests;
import io.holdfast.testkit.storage.ObjectStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract over HTTP, on the S3 server that one machine gets when it has no MinIO. */
class S3ProxyObjectStoreTest extends ObjectStoreContract {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final ObjectKey KEY = ObjectKey.of("key");
    private static S3ForTests server;

    @BeforeAll
    static void start() {
        server = S3ForTests.start();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @Override
    protected ObjectStore open() {
        return open(server.url("test/" + NUMBER.incrementAndGet()), server.secretKey(), StoreOptions.standard());
    }

    private static ObjectStore open(String url, String secretKey, StoreOptions options) {
        Credentials credentials = new Credentials(server.accessKey(), secretKey);
        return ObjectStores.open(ObjectStoreUrl.parse(url), Optional.of(credentials), options);
    }

    @Test
    void wrong_keys_are_denied_and_not_shown() {
        try (ObjectStore wrong = open(server.url("x"), "not-the-secret", StoreOptions.standard())) {
            assertFails(Kind.DENIED, () -> wrong.get(KEY, 1));
            assertFails(Kind.DENIED, () -> wrong.putIfAbsent(KEY, text("x")));
            assertFails(Kind.DENIED, () -> wrong.list("").toList());
            assertThat(wrong.describe()).doesNotContain(server.accessKey(), "not-the-secret");
        }
    }

    @Test
    void an_absent_bucket_is_made_only_when_asked_and_never_looks_empty() {
        String url = "s3+" + server.endpoint() + "/another-bucket/vault";
        try (ObjectStore absent = open(url, server.secretKey(), StoreOptions.standard())) {
            assertFails(Kind.NO_SUCH_STORE, () -> absent.get(KEY, 1));
            assertFails(Kind.NO_SUCH_STORE, () -> absent.getRange(KEY, 0, 1));
            assertFails(Kind.NO_SUCH_STORE, () -> absent.head(KEY));
            assertFails(Kind.NO_SUCH_STORE, () -> absent.list("").toList());
            assertFails(Kind.NO_SUCH_STORE, () -> absent.putIfAbsent(KEY, text("x")));
        }
        for (int i = 0; i < 2; i++) {
            try (ObjectStore made =
                    open(url, server.secretKey(), StoreOptions.standard().creating())) {
                assertThat(made.get(KEY, 1)).isEmpty();
            }
        }
    }

    @Test
    void a_part_of_a_bucket_sees_nothing_of_its_neighbours() {
        try (ObjectStore one = open(server.url("neighbour/a"), server.secretKey(), StoreOptions.standard());
                ObjectStore two = open(server.url("neighbour/ab"), server.secretKey(), StoreOptions.standard());
                ObjectStore both = open(server.url("neighbour"), server.secretKey(), StoreOptions.standard())) {
            one.putIfAbsent(KEY, text("one"));
            assertThat(two.get(KEY, 10)).isEmpty();
            two.putIfAbsent(KEY, text("two"));
            assertThat(one.list("").toList()).hasSize(1);
            assertThat(both.get(ObjectKey.of("ab", "key"), 10)).contains(text("two"));
        }
    }

    @Test
    void an_object_whose_name_is_no_key_is_a_stranger() throws Exception {
        try (ObjectStore store = open(server.url("strange"), server.secretKey(), StoreOptions.standard())) {
            assertThat(store.stranger()).isEmpty();
            store.putIfAbsent(KEY, text("ours"));
            assertThat(store.stranger()).isEmpty();
            Path folder = server.directory().resolve(server.bucket()).resolve("strange/Documents");
            Files.writeString(Files.createDirectories(folder).resolve("Letter"), "not ours");
            assertThat(store.stranger()).contains("Documents/Letter");
        }
    }

    @Test
    void a_server_that_comes_back_is_waited_for() throws Exception {
        RetryPolicy patient =
                new RetryPolicy(100, Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(1));
        try (S3ForTests other = S3ForTests.start();
                ObjectStore store = ObjectStores.open(
                        ObjectStoreUrl.parse(other.url("")),
                        Optional.of(new Credentials(other.accessKey(), other.secretKey())),
                        StoreOptions.standard().withRetry(patient))) {
            store.putIfAbsent(KEY, text("kept"));
            other.process().destroyForcibly().waitFor();
            Thread back = Thread.ofVirtual().start(other::restart);
            assertThat(store.get(KEY, 10)).contains(text("kept"));
            assertThat(store.putIfAbsent(KEY, text("kept"))).isEqualTo(PutResult.EXISTS);
            back.join();
        }
    }

    @Test
    void a_server_that_stands_still_is_unavailable_after_the_time_out() throws Exception {
        Duration brief = Duration.ofMillis(500);
        StoreOptions hasty = StoreOptions.standard()
                .withConnection(ConnectionOptions.standard().withTimeouts(brief, brief, Duration.ofSeconds(2)))
                .withRetry(new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO));
        try (S3ForTests other = S3ForTests.start();
                ObjectStore store = ObjectStores.open(
                        ObjectStoreUrl.parse(other.url("")),
                        Optional.of(new Credentials(other.accessKey(), other.secretKey())),
                        hasty)) {
            Awaitility.await().ignoreExceptions().until(() -> store.get(KEY, 10).isEmpty());
            signal(other.process(), "STOP");
            assertFails(Kind.UNAVAILABLE, () -> store.get(KEY, 10));
            assertFails(Kind.UNAVAILABLE, () -> store.putIfAbsent(KEY, text("x")));
        }
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }
}
