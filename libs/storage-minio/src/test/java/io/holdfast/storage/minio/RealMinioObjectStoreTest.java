package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import io.holdfast.testkit.s3.MinioForTests;
import io.holdfast.testkit.storage.ObjectStoreContract;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on a real MinIO, where the machine has one. */
class RealMinioObjectStoreTest extends ObjectStoreContract {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static @Nullable MinioForTests server;

    @BeforeAll
    static void start() {
        server = MinioForTests.start(binary());
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    private static Path binary() {
        Optional<Path> found = MinioForTests.binary();
        if (found.isEmpty()) {
            String reason = "Skipped: no MinIO here. Put minio on the PATH or name it with -Dholdfast.minio=.";
            System.out.println(reason);
            return abort(reason);
        }
        return found.get();
    }

    @Override
    protected ObjectStore open() {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return open(server, "/test/" + NUMBER.incrementAndGet());
    }

    private static ObjectStore open(MinioForTests server, String prefix) {
        return ObjectStores.open(
                ObjectStoreUrl.parse("s3+" + server.endpoint() + "/real-bucket" + prefix),
                Optional.of(new Credentials(server.accessKey(), server.secretKey())),
                StoreOptions.standard().creating());
    }

    @Test
    void a_full_drive_is_told_full_at_once_and_reading_and_deleting_go_on() {
        byte[] body = bytes(5_000_000);
        try (MinioForTests small = MinioForTests.startWithRoom(binary(), "40m");
                ObjectStore store = open(small, "")) {
            int created = 0;
            Kind failure = Kind.OTHER;
            try {
                while (store.putIfAbsent(ObjectKey.of("o" + created), body) == PutResult.CREATED) {
                    created++;
                }
            } catch (StorageException e) {
                failure = e.kind();
            }
            assertThat(failure).isEqualTo(Kind.FULL);
            assertThat(store.list("").toList()).hasSize(created);
            assertThat(store.get(ObjectKey.of("o0"), body.length)).contains(body);
            assertThat(store.head(ObjectKey.of("o" + created))).isEmpty();
            store.delete(ObjectKey.of("o0"));
            assertThat(store.list("").toList()).hasSize(created - 1);
        }
    }
}
