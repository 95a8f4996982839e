package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS with a certificate that only a file of authorities vouches for. */
class TrustedAuthoritiesTest {

    private static final ObjectKey KEY = ObjectKey.of("key");
    private static final String PASSWORD = "password";

    @TempDir
    private Path folder;

    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", request -> {
            try (request) {
                S3Stub.send(request, 200, new byte[] {7});
            }
        });
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    private KeyManager[] keys() throws Exception {
        keytool("-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-ext", "san=ip:127.0.0.1", "-ext", "bc=ca:true");
        keytool("-exportcert", "-rfc", "-file", caFile().toString());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve("keys.p12"))) {
            store.load(file, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, PASSWORD.toCharArray());
        return factory.getKeyManagers();
    }

    private void keytool(String... arguments) throws Exception {
        List<String> common = List.of("-alias", "test", "-storepass", PASSWORD, "-storetype", "PKCS12", "-keystore");
        List<String> command = Stream.of(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString()),
                        Stream.of(arguments),
                        common.stream(),
                        Stream.of(folder.resolve("keys.p12").toString()))
                .flatMap(part -> part)
                .toList();
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private Path caFile() {
        return folder.resolve("ca.pem");
    }

    @Test
    void a_server_whose_authority_is_in_the_file_is_trusted() {
        try (ObjectStore store = open(ConnectionOptions.standard().withCaFile(caFile()))) {
            assertThat(store.get(KEY, 10)).contains(new byte[] {7});
        }
    }

    @Test
    void a_server_that_the_system_does_not_know_is_not_trusted_and_not_tried_again() {
        try (ObjectStore store = open(ConnectionOptions.standard())) {
            assertThatThrownBy(() -> store.get(KEY, 10))
                    .hasMessageContaining("not trusted")
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OTHER));
        }
    }

    @Test
    void a_file_without_authorities_is_refused() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        assertThatThrownBy(() -> open(ConnectionOptions.standard().withCaFile(empty)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("cannot be read");
    }

    private ObjectStore open(ConnectionOptions options) {
        String url = "s3+https://127.0.0.1:" + server.getAddress().getPort() + "/bucket";
        ObjectStoreUrl.S3 s3 = (ObjectStoreUrl.S3) ObjectStoreUrl.parse(url);
        return MinioObjectStore.open(s3, new Credentials("access", "secret-key"), options);
    }

    @Test
    void a_handshake_that_is_cut_by_a_server_that_restarts_may_be_tried_again() throws Exception {
        Thread cutting;
        try (ServerSocket restarting = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            cutting = Thread.ofVirtual().start(() -> cutEveryConnection(restarting));
            String url = "s3+https://127.0.0.1:" + restarting.getLocalPort() + "/bucket";
            ObjectStoreUrl.S3 s3 = (ObjectStoreUrl.S3) ObjectStoreUrl.parse(url);
            try (ObjectStore store =
                    MinioObjectStore.open(s3, new Credentials("access", "secret-key"), ConnectionOptions.standard())) {
                assertThatThrownBy(() -> store.get(KEY, 10))
                        .isInstanceOfSatisfying(
                                StorageException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
            }
        }
        cutting.join();
    }

    private static void cutEveryConnection(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket connection = server.accept()) {
                // The client's greeting is read, so that it is the handshake that ends and not the connection that
                // resets.
                int greeting = connection.getInputStream().read(new byte[4096]);
                assertThat(greeting).isPositive();
            } catch (IOException e) {
                // The client went first, or the test has closed the server.
            }
        }
    }
}
