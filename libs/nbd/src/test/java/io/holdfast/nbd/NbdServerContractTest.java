package io.holdfast.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testkit.nbd.Certificates;
import io.holdfast.testkit.nbd.QemuNbd;
import io.holdfast.testkit.nbd.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server with QEMU's and libnbd's programs as clients, and with our own. */
class NbdServerContractTest {

    private static final NbdServerOptions OPTIONS = NbdServerOptions.defaults()
            .withTimeouts(new NbdServerOptions.Timeouts(
                    Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMillis(500)))
            .withListener(new NbdServer.Listener() {
                @Override
                public void connectionFailed(Throwable cause) {
                    System.out.println("connection failed: " + cause);
                }
            });

    @TempDir
    Path folder;

    Path socket = Path.of("/");

    @BeforeEach
    void nameTheSocket() {
        socket = folder.resolve("s");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, (1 << 20) + 512, 40 << 20})
    void qemuImgConvertsWhatIsServed(int size) throws Exception {
        Content content = Content.random(size);
        Path copy = folder.resolve("copy.raw");
        try (NbdServer server = serve(content)) {
            assertThat(server.address()).isEqualTo(new NbdAddress.Unix(socket));
            Tool.run("qemu-img", "convert", "-f", "raw", "-O", "raw", "-m", "16", "-W", uri(), "" + copy);
        }
        assertThat(Files.readAllBytes(copy)).isEqualTo(content.bytes());
    }

    @Test
    void qemuImgMapSeesExactlyTheZeros() throws Exception {
        Content content = Content.random((6 << 20) + 512);
        String json;
        try (NbdServer server = serve(content)) {
            assertThat(server.address()).isNotNull();
            json = Tool.run("qemu-img", "map", "--output=json", "-f", "raw", uri());
        }
        Matcher entry = Pattern.compile("\"start\": (\\d+), \"length\": (\\d+), .*?\"zero\": (true|false)")
                .matcher(json);
        List<NbdExtent> seen = new ArrayList<>();
        while (entry.find()) {
            int flags = entry.group(3).equals("true") ? 3 : 0;
            seen.add(new NbdExtent(Long.parseLong(entry.group(1)), Long.parseLong(entry.group(2)), flags));
        }
        assertThat(Content.merged(seen)).isEqualTo(Content.merged(content.allocation(0, content.size())));
    }

    @Test
    void nbdcopyAndNbdinfoAgreeOnASizeThatIsNoMultipleOfAnything() throws Exception {
        Content content = Content.random((9 << 20) + 4_321);
        Path copy = folder.resolve("copy.raw");
        try (NbdServer server = serve(content)) {
            assertThat(server.address()).isNotNull();
            Tool.run("nbdcopy", "--connections=4", uri(), "" + copy);
            String info = Tool.run("nbdinfo", "--json", uri());
            assertThat(info)
                    .contains("\"export-size\": " + content.size(), "\"is_read_only\": true")
                    .contains("\"can_multi_conn\": true", "\"structured\": true", "base:allocation");
            assertThat(Tool.run("nbdinfo", "--map", uri())).contains("hole,zero");
        }
        assertThat(Files.readAllBytes(copy)).isEqualTo(content.bytes());
    }

    @Test
    void exportsAreNeverListed() throws Exception {
        try (NbdServer server = serve(Content.random(4_096));
                Tool list = Tool.start(List.of("nbdinfo", "--list", "nbd+unix:///?socket=" + socket))) {
            assertThat(server.address()).isNotNull();
            list.await();
            assertThat(list.output()).doesNotContain("export=\"d\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ec"})
    void overTlsWithACertificateOnly(String key) throws Exception {
        Content content = Content.random((5 << 20) + 512);
        Path certificates = Certificates.make(folder.resolve("pki"), key);
        Path foreign = Certificates.make(folder.resolve("foreign"), key);
        NbdTls tls = new NbdTls(certificates);
        Path copy = folder.resolve("copy.raw");
        try (NbdServer server = NbdServer.listen(new NbdAddress.Tls("127.0.0.1", 0, tls), only(content), OPTIONS)) {
            NbdAddress.Tls at = (NbdAddress.Tls) server.address();
            Tool.run(qemuOverTls(at.port(), certificates, copy));
            assertThat(Files.readAllBytes(copy)).isEqualTo(content.bytes());
            try (NbdClient client = NbdClient.connect(at, "d", clientOptions())) {
                ClientReads.readsAll(client, content);
                ClientReads.readsRandomly(client, content);
            }
            try (Tool stranger = Tool.start(qemuOverTls(at.port(), foreign, folder.resolve("no.raw")))) {
                assertThat(stranger.await()).isNotZero();
            }
            try (Tool clear = Tool.start(List.of("qemu-img", "info", "nbd://127.0.0.1:" + at.port() + "/d"))) {
                assertThat(clear.await()).isNotZero();
            }
            NbdAddress.Tls withForeign = new NbdAddress.Tls("127.0.0.1", at.port(), new NbdTls(foreign));
            assertThatThrownBy(() -> NbdClient.connect(withForeign, "d", clientOptions()))
                    .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.TLS));
            assertThatThrownBy(
                            () -> NbdClient.connect(new NbdAddress.Tcp("127.0.0.1", at.port()), "d", clientOptions()))
                    .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.TLS));
        }
    }

    @Test
    void aCertificateThatDoesNotNameTheServerIsRefused() throws Exception {
        NbdTls tls = new NbdTls(Certificates.make(folder.resolve("pki"), "ec", "IP:127.0.0.9,DNS:another"));
        try (NbdServer server =
                NbdServer.listen(new NbdAddress.Tls("127.0.0.1", 0, tls), only(Content.random(4_096)), OPTIONS)) {
            assertThatThrownBy(() -> NbdClient.connect(server.address(), "d", clientOptions()))
                    .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.TLS));
        }
        assertThatThrownBy(() -> new NbdTls(folder.resolve("absent")).clientContext())
                .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.TLS));
        assertThatThrownBy(() -> new NbdAddress.Tcp("192.0.2.1", 10_809)).hasMessageContaining("loopback");
    }

    @Test
    void theClientReadsFromQemuOverTls() throws Exception {
        Content content = Content.random((2 << 20) + 512);
        Path image = content.writeTo(folder.resolve("disk.raw"));
        Path certificates = Certificates.make(folder.resolve("pki"), "rsa");
        try (QemuNbd server = QemuNbd.overTls(folder, certificates, image)) {
            try (NbdClient client = NbdClient.connect(
                    new NbdAddress.Tls("127.0.0.1", server.port(), new NbdTls(certificates)), "d", clientOptions())) {
                ClientReads.readsAll(client, content);
                ClientReads.mapFits(client, content);
            }
        }
    }

    @Test
    void aQemuThatReconnectsGoesOnAfterARestartOfTheServer() throws Exception {
        Content content = Content.random(8 << 20);
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicInteger reads = new AtomicInteger();
        NbdExport hanging = new Forwarding(content.export()) {
            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                if (reads.incrementAndGet() > 3) {
                    stuck.countDown();
                    park();
                }
                super.read(offset, target);
            }
        };
        Path copy = folder.resolve("copy.raw");
        NbdServer first = NbdServer.listen(new NbdAddress.Unix(socket), name -> hanging, OPTIONS);
        try (Tool convert = Tool.start(List.of(
                "qemu-img",
                "convert",
                "-O",
                "raw",
                "--image-opts",
                "driver=raw,file.driver=nbd,file.server.type=unix,file.export=d,file.reconnect-delay=60,"
                        + "file.server.path=" + socket,
                "" + copy))) {
            stuck.await();
            first.close();
            assertThat(convert.running()).isTrue();
            assertThat(Files.exists(socket)).isFalse();
            try (NbdServer second = serve(content)) {
                assertThat(second.address()).isNotNull();
                assertThat(convert.await()).as(convert.output()).isZero();
            }
        }
        assertThat(Files.readAllBytes(copy)).isEqualTo(content.bytes());
    }

    @Test
    void furtherMetaContextsOfAnExportAreServed() {
        Content content = Content.random(1 << 20);
        NbdExport changed = new Forwarding(content.export()) {
            @Override
            public java.util.Set<String> metaContexts() {
                return java.util.Set.of("qemu:dirty-bitmap:c");
            }

            @Override
            public List<NbdExtent> extents(String context, long offset, long length) {
                return List.of(new NbdExtent(offset, length, context.endsWith(":c") ? 1 : 0));
            }
        };
        try (NbdServer server = NbdServer.listen(new NbdAddress.Unix(socket), name -> changed, OPTIONS);
                NbdClient client = NbdClient.connect(
                        server.address(), "d", clientOptions().withMetaContexts("qemu:dirty-bitmap:", "base:"))) {
            assertThat(client.extents("qemu:dirty-bitmap:c", 4_096, 8_192))
                    .containsExactly(new NbdExtent(4_096, 8_192, 1));
            ClientReads.mapFits(client, content);
        }
    }

    @Test
    void refusesNamesTheResolverRefuses() {
        NbdExports none = name -> {
            throw new NbdRefusedException("expired");
        };
        try (NbdServer server = NbdServer.listen(new NbdAddress.Unix(socket), none, OPTIONS)) {
            assertThatThrownBy(() -> NbdClient.connect(server.address(), "d", clientOptions()))
                    .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.REFUSED));
        }
    }

    @Test
    void everyExportIsClosedAndTheSocketFileRemoved() {
        Content content = Content.random(1 << 20);
        AtomicInteger open = new AtomicInteger();
        NbdExports counting = name -> {
            open.incrementAndGet();
            return new Forwarding(content.export()) {
                @Override
                public void close() {
                    open.decrementAndGet();
                }
            };
        };
        NbdServer server = NbdServer.listen(new NbdAddress.Unix(socket), counting, OPTIONS);
        try (NbdClient client = NbdClient.connect(server.address(), "d", clientOptions())) {
            ClientReads.readsAll(client, content);
            assertThat(open).hasValue(1);
        }
        Awaitility.await().until(() -> open.get() == 0);
        try (NbdClient abandoned = NbdClient.connect(server.address(), "d", clientOptions())) {
            server.close();
            assertThat(open).hasValue(0);
            assertThatThrownBy(() -> abandoned.read(0, ByteBuffer.allocate(1))).isInstanceOf(NbdException.class);
        }
        assertThat(Files.exists(socket)).isFalse();
    }

    @Test
    void takesOverASocketOfTheDeadButNotOfTheLiving() throws Exception {
        Content content = Content.random(4_096);
        try (NbdServer server = serve(content)) {
            assertThat(server.address()).isNotNull();
            assertThatThrownBy(() -> serve(content)).hasMessageContaining("another server");
        }
        java.nio.channels.ServerSocketChannel dead =
                java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        dead.bind(java.net.UnixDomainSocketAddress.of(socket));
        dead.close();
        assertThat(Files.exists(socket)).isTrue();
        try (NbdServer server = serve(content);
                NbdClient client = NbdClient.connect(server.address(), "d", clientOptions())) {
            assertThat(client.size()).isEqualTo(4_096);
            assertThat(java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
        }
        Files.writeString(socket, "a file of somebody");
        assertThatThrownBy(() -> serve(content)).hasMessageContaining("not a socket");
        assertThat(socket).content().isEqualTo("a file of somebody");
    }

    private static NbdClientOptions clientOptions() {
        return NbdClientOptions.defaults().withMetaContexts(NbdExport.ALLOCATION);
    }

    private NbdServer serve(Content content) {
        return NbdServer.listen(new NbdAddress.Unix(socket), only(content), OPTIONS);
    }

    private static NbdExports only(Content content) {
        return name -> {
            if (!name.equals("d")) {
                throw new NbdRefusedException("unknown");
            }
            return content.export();
        };
    }

    private String uri() {
        return "nbd+unix:///d?socket=" + socket;
    }

    private static List<String> qemuOverTls(int port, Path certificates, Path copy) {
        return List.of(
                "qemu-img",
                "convert",
                "-O",
                "raw",
                "--object",
                "tls-creds-x509,id=t0,endpoint=client,dir=" + certificates,
                "--image-opts",
                "driver=raw,file.driver=nbd,file.host=127.0.0.1,file.export=d,file.tls-creds=t0,file.port=" + port,
                "" + copy);
    }

    private static void park() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
