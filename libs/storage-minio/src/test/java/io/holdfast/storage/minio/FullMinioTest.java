package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import io.holdfast.testkit.s3.MinioForTests;
import io.holdfast.testkit.s3.NeedsMinio;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real MinIO whose drive has no room left. */
@NeedsMinio
class FullMinioTest {

    private MinioForTests server;

    @BeforeEach
    void start() {
        server = MinioForTests.startWithRoom("40m");
        MinioContract.open(server, "full", StoreOptions.standard().creating()).close();
    }

    @AfterEach
    void end() {
        if (server != null) {
            server.close();
        }
    }

    /** Large objects have files of their own, small ones lie in their metadata's: MinIO fails differently. */
    @ParameterizedTest
    @ValueSource(ints = {5_000_000, 60_000})
    void it_is_told_full_and_reading_and_deleting_go_on(int size) {
        byte[] body = body(size);
        try (ObjectStore store = MinioContract.open(server, "full", StoreOptions.standard())) {
            int created = 0;
            Kind failure = Kind.OTHER;
            try {
                while (store.putIfAbsent(key(created), body) == PutResult.CREATED) {
                    created++;
                }
            } catch (StorageException e) {
                failure = e.kind();
            }
            assertThat(failure).isEqualTo(Kind.FULL);
            assertThat(store.list("").toList()).hasSize(created);
            assertThat(store.get(key(0), body.length)).contains(body);
            assertThat(store.head(key(created))).isEmpty();
            store.delete(key(0));
            assertThat(store.list("").toList()).hasSize(created - 1);
        }
    }

    /** Of such a size MinIO often says that the body was incomplete. Trying again has to end in {@link Kind#FULL}. */
    @Test
    void no_put_that_it_refuses_leaves_a_doubt() {
        byte[] body = body(300_000);
        ObjectStoreUrl.S3 url = (ObjectStoreUrl.S3) ObjectStoreUrl.parse("s3+" + server.endpoint() + "/full");
        Credentials keys = new Credentials(server.accessKey(), server.secretKey());
        Set<Kind> failures = EnumSet.noneOf(Kind.class);
        try (ObjectStore once = MinioObjectStore.open(url, keys, ConnectionOptions.standard())) {
            for (int number = 0; !failures.contains(Kind.FULL); number++) {
                assertThat(number).as("puts until it is full").isLessThan(1_000);
                try {
                    once.putIfAbsent(key(number), body);
                } catch (StorageException e) {
                    failures.add(e.kind());
                    assertThat(once.head(key(number))).isEmpty();
                }
            }
        }
        assertThat(failures).noneMatch(Kind::leavesDoubt);
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return body;
    }

    private static ObjectKey key(int number) {
        return ObjectKey.of("o" + number);
    }
}
