package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

class PromptSocketsTest {

    @Test
    void the_end_of_a_body_does_not_wait_until_the_rest_was_acknowledged() throws Exception {
        AtomicBoolean noDelay = new AtomicBoolean();
        try (S3Stub server = new S3Stub(request -> S3Stub.send(request, 200, new byte[0]));
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            OkHttpClient client = HttpClients.client(ConnectionOptions.standard(), threads)
                    .newBuilder()
                    .addNetworkInterceptor(chain -> {
                        noDelay.set(chain.connection().socket().getTcpNoDelay());
                        return chain.proceed(chain.request());
                    })
                    .build();
            Request request = new Request.Builder()
                    .url("http://127.0.0.1:" + server.port() + "/")
                    .build();
            try (Response response = client.newCall(request).execute()) {
                assertThat(response.code()).isEqualTo(200);
            }
            client.connectionPool().evictAll();
        }
        assertThat(noDelay).isTrue();
    }
}
