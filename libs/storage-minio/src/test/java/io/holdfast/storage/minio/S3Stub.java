package io.holdfast.storage.minio;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectStoreUrl;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that answers every request as one test says: hostile, broken, or in words that no test server speaks. */
final class S3Stub implements AutoCloseable {

    /** How a request is answered, its body having been read. */
    interface Answer {
        void give(HttpExchange request) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    S3Stub(Answer answer) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", request -> {
            try (request) {
                request.getRequestBody().transferTo(OutputStream.nullOutputStream());
                answer.give(request);
            }
        });
        server.start();
    }

    /** An answer of this status, with this XML. */
    static Answer xml(int status, String xml) {
        return request -> {
            request.getResponseHeaders().set("Content-Type", "application/xml");
            send(request, status, xml.getBytes(StandardCharsets.UTF_8));
        };
    }

    /** S3's way to refuse. */
    static Answer error(int status, String code, String message) {
        return xml(status, "<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>");
    }

    static void send(HttpExchange request, int status, byte[] body) throws IOException {
        request.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        request.getResponseBody().write(body);
    }

    /** A store in a bucket of this server, without retries. */
    MinioObjectStore store() {
        return storeAt(port());
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The same, reached at another port of this machine. */
    static MinioObjectStore storeAt(int port) {
        String url = "s3+http://127.0.0.1:" + port + "/bucket";
        ObjectStoreUrl.S3 s3 = (ObjectStoreUrl.S3) ObjectStoreUrl.parse(url);
        return MinioObjectStore.open(s3, new Credentials("access", "secret-key"), ConnectionOptions.standard());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
