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
import io.holdfast.testkit.storage.Together;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real MinIO that serves one request at a time and turns all others away at once. */
@NeedsMinio
class ThrottledMinioTest {

    private static final int WRITERS = 16;

    private static MinioForTests server;

    @BeforeAll
    static void start() {
        server = MinioForTests.startWith(Map.of("MINIO_API_REQUESTS_MAX", "1"));
        MinioContract.open(server, "busy", StoreOptions.standard().creating()).close();
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void who_is_turned_away_is_told_unavailable() throws Exception {
        ObjectStoreUrl.S3 url = (ObjectStoreUrl.S3) ObjectStoreUrl.parse("s3+" + server.endpoint() + "/busy/once");
        Credentials keys = new Credentials(server.accessKey(), server.secretKey());
        Set<Kind> failures = EnumSet.noneOf(Kind.class);
        try (ObjectStore once = MinioObjectStore.open(url, keys, ConnectionOptions.standard())) {
            for (int round = 0; round < 100 && failures.isEmpty(); round++) {
                String name = "round-" + round;
                List<Kind> told = Together.race(WRITERS, writer -> failure(once, ObjectKey.of(name, "w" + writer)));
                told.stream().filter(kind -> kind != Kind.CANCELLED).forEach(failures::add);
            }
        }
        assertThat(failures).containsExactly(Kind.UNAVAILABLE);
    }

    /** Why the put failed; {@link Kind#CANCELLED}, which nobody here does, stands for that it did not. */
    private static Kind failure(ObjectStore store, ObjectKey key) {
        try {
            store.putIfAbsent(key, new byte[100_000]);
            return Kind.CANCELLED;
        } catch (StorageException e) {
            return e.kind();
        }
    }

    @Test
    void who_tries_again_gets_through() throws Exception {
        try (ObjectStore store = MinioContract.open(server, "busy/patient", StoreOptions.standard())) {
            List<PutResult> results =
                    Together.race(WRITERS, writer -> store.putIfAbsent(ObjectKey.of("w" + writer), new byte[100_000]));
            assertThat(results).containsOnly(PutResult.CREATED);
            assertThat(store.list("").toList()).hasSize(WRITERS);
        }
    }
}
