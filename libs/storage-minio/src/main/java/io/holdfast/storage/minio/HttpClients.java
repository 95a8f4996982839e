package io.holdfast.storage.minio;

import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/** Makes the HTTP client of one store. */
final class HttpClients {
    private HttpClients() {}

    static OkHttpClient client(ConnectionOptions options, ExecutorService threads) {
        // minio-java hands every request to the dispatcher, whose default of 5 requests a host would throttle workers.
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(options.maxConnections());
        dispatcher.setMaxRequestsPerHost(options.maxConnections());
        ConnectionPool kept = new ConnectionPool(options.maxConnections(), 1, TimeUnit.MINUTES);
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(kept)
                .socketFactory(new PromptSockets())
                .connectTimeout(options.connectTimeout())
                .readTimeout(options.idleTimeout())
                .writeTimeout(options.idleTimeout())
                .callTimeout(options.callTimeout())
                // One connection a request: over HTTP/2 all packs would share one TCP stream.
                .protocols(List.of(Protocol.HTTP_1_1))
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .addInterceptor(new BoundedReplies())
                .addInterceptor(new KeptConnections(kept))
                .eventListenerFactory(Requests.CALLS_OF_THIS_THREAD);
        options.caFile().ifPresent(file -> trustOnly(builder, file));
        return builder.build();
    }

    private static void trustOnly(OkHttpClient.Builder builder, Path caFile) {
        try {
            X509TrustManager trust = trustManager(caFile);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            builder.sslSocketFactory(context.getSocketFactory(), trust);
        } catch (GeneralSecurityException | IOException e) {
            throw new StorageException(Kind.OTHER, "The authorities in " + caFile + " cannot be read.", e);
        }
    }

    private static X509TrustManager trustManager(Path caFile) throws GeneralSecurityException, IOException {
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        try (InputStream pem = Files.newInputStream(caFile)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                authorities.setCertificateEntry("ca-" + number++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust && authorities.size() > 0) {
                return trust;
            }
        }
        throw new GeneralSecurityException("no certificate found");
    }
}
