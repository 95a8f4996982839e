package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.testkit.proxy.HoldingProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store that tries nothing again by itself, and a server that closes every connection while none is used. */
class KeptConnectionsTest {

    private static final ObjectKey KEY = ObjectKey.of("key");
    private static final byte[] BODY = {1, 2, 3, 4};
    private static final int MANY = 8;

    private volatile CountDownLatch together = new CountDownLatch(0);
    private S3Stub server;
    private HoldingProxy between;
    private ObjectStore store;

    @BeforeEach
    void start() throws Exception {
        server = new S3Stub(request -> {
            if (request.getRequestMethod().equals("PUT")) {
                request.getResponseHeaders().set("ETag", "\"00000000000000000000000000000000\"");
                S3Stub.send(request, 200, new byte[0]);
            } else {
                arriveTogether();
                S3Stub.send(request, 200, BODY);
            }
        });
        between = HoldingProxy.inFrontOf(server.port());
        store = S3Stub.storeAt(between.port());
    }

    @AfterEach
    void stop() {
        store.close();
        between.close();
        server.close();
    }

    private void arriveTogether() {
        together.countDown();
        try {
            assertThat(together.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void manyConnectionsThatAreClosed() throws Exception {
        together = new CountDownLatch(MANY);
        try (ExecutorService threads = Executors.newFixedThreadPool(MANY)) {
            List<Future<?>> reads = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                reads.add(threads.submit(() -> store.get(KEY, BODY.length)));
            }
            for (Future<?> read : reads) {
                read.get();
            }
        }
        between.cutAll();
    }

    @Test
    void a_read_does_not_fail_for_it() throws Exception {
        manyConnectionsThatAreClosed();
        assertThat(store.get(KEY, BODY.length)).hasValue(BODY);
        manyConnectionsThatAreClosed();
        assertThat(store.getOnce(KEY, BODY.length)).hasValue(BODY);
    }

    @Test
    void a_put_fails_once_however_many_there_were() throws Exception {
        manyConnectionsThatAreClosed();
        assertThatThrownBy(() -> store.putIfAbsent(KEY, BODY))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.UNAVAILABLE));
        assertThat(store.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.CREATED);
    }
}
