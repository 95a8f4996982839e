package io.holdfast.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.nbd.Certificates;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever one client does, the server goes on serving the others. */
@Timeout(60)
class HostileClientTest {

    private static final int ERR_POLICY = 0x80000002;
    private static final int ERR_INVALID = 0x80000003;
    private static final int ERR_TLS_REQD = 0x80000005;
    private static final int ERR_UNKNOWN = 0x80000006;
    private static final int ERR_TOO_BIG = 0x80000009;

    // Nobody is cut for being slow here; StallingClientTest is about that.
    private final NbdServerOptions options = NbdServerOptions.defaults().withConnections(4, 4);

    @TempDir
    Path folder;

    private static final Content CONTENT = Content.random((64 << 20) + 512);
    private @org.jspecify.annotations.Nullable NbdServer running;

    @BeforeEach
    void servesAnHonestClient() {
        running = serve(folder);
        honest();
    }

    @AfterEach
    void stillServesAnHonestClient() {
        honest();
        server().close();
    }

    @Test
    void aClientWithoutStructuredRepliesReads() throws Exception {
        try (RawClient client = new RawClient(server().address()).greet()) {
            assertThat(client.export("d")).isEqualTo(CONTENT.size());
            client.request(0, 0, 7, 1_000, 3 << 20);
            assertThat(client.simple(7)).isZero();
            byte[] read = client.in.readNBytes(3 << 20);
            assertThat(java.util.Arrays.equals(read, 0, 3 << 20, CONTENT.bytes(), 1_000, 1_000 + (3 << 20)))
                    .isTrue();
        }
    }

    @Test
    void whatIsNotAReadInsideTheExportIsRefusedAndTheConnectionGoesOn() throws Exception {
        try (RawClient client = new RawClient(server().address()).greet()) {
            client.export("d");
            client.request(0, 1, 1, 0, 4_096);
            client.out.write(new byte[4_096]);
            assertThat(client.simple(1)).as("write").isEqualTo(1);
            client.request(0, 4, 2, 0, 4_096);
            assertThat(client.simple(2)).as("trim").isEqualTo(1);
            client.request(0, 6, 3, 0, 4_096);
            assertThat(client.simple(3)).as("write zeroes").isEqualTo(1);
            client.request(0, 0, 4, CONTENT.size() - 1, 2);
            assertThat(client.simple(4)).as("past the end").isEqualTo(22);
            client.request(0, 0, 5, -1, 1);
            assertThat(client.simple(5)).as("offset 2^64-1").isEqualTo(22);
            client.request(0, 0, 6, Long.MAX_VALUE, -1);
            assertThat(client.simple(6)).as("overflow").isEqualTo(22);
            client.request(0, 0, 7, 0, (32 << 20) + 1);
            assertThat(client.simple(7)).as("too long").isEqualTo(22);
            client.request(0, 0, 8, 0, 0);
            assertThat(client.simple(8)).as("nothing").isEqualTo(22);
            client.request(0xffff, 0, 9, 0, 1);
            assertThat(client.simple(9)).as("unknown flags").isEqualTo(22);
            client.request(0, 7, 10, 0, 1);
            assertThat(client.simple(10)).as("status without a context").isEqualTo(22);
            client.request(0, 999, 11, 0, 1);
            assertThat(client.simple(11)).as("unknown command").isEqualTo(22);
            client.request(0, 0, 12, 0, 1);
            assertThat(client.simple(12)).isZero();
        }
    }

    @Test
    void brokenOptionsAreRefusedOneByOne() throws Exception {
        try (RawClient client = new RawClient(server().address()).greet()) {
            assertThat(client.option(3)).as("list").isEqualTo(ERR_POLICY);
            assertThat(client.option(7)).as("empty").isEqualTo(ERR_INVALID);
            assertThat(client.option(7, new byte[] {0x7f, -1, -1, -1, 0, 0}))
                    .as("long name")
                    .isEqualTo(ERR_INVALID);
            assertThat(client.option(7, new byte[] {0, 0, 0, 1, 'd', -1, -1}))
                    .as("many")
                    .isEqualTo(ERR_INVALID);
            assertThat(client.option(7, new byte[] {0, 0, 0, 1, -1, 0, 0}))
                    .as("no text")
                    .isEqualTo(ERR_INVALID);
            assertThat(client.option(7, new byte[] {0, 0, 0, 1, 'x', 0, 0}))
                    .as("unknown")
                    .isEqualTo(ERR_UNKNOWN);
            assertThat(client.option(10, new byte[] {0, 0, 0, 1, 'd', 0, 0, 0, 0}))
                    .as("unstructured")
                    .isEqualTo(ERR_INVALID);
            assertThat(client.option(8)).isEqualTo(1);
            assertThat(client.option(10, new byte[] {0, 0, 0, 1, 'd', 0x7f, -1, -1, -1}))
                    .as("queries")
                    .isEqualTo(ERR_INVALID);
            assertThat(client.announce(8, 40_000)).as("huge").isEqualTo(ERR_TOO_BIG);
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void optionsWithoutEndAreCut() throws Exception {
        try (RawClient client = new RawClient(server().address()).greet()) {
            int answered = 0;
            try {
                while (answered < 10_000) {
                    client.option(3);
                    answered++;
                }
            } catch (java.io.IOException expected) {
                assertThat(client.ended()).isTrue();
            }
            assertThat(answered).isLessThan(100);
        }
    }

    @Test
    void connectionsAreBounded() throws Exception {
        java.util.List<RawClient> open = new java.util.ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                RawClient client = new RawClient(server().address()).greet();
                client.export("d");
                open.add(client);
            }
            try (RawClient tooMany = new RawClient(server().address())) {
                assertThat(tooMany.in.read()).isEqualTo(-1);
            }
        } finally {
            for (RawClient client : open) {
                client.close();
            }
        }
        org.awaitility.Awaitility.await().ignoreExceptions().untilAsserted(this::honest);
    }

    @Test
    void noiseEndsNothingButItsConnection() throws Exception {
        Random random = new Random(Content.SEED);
        for (int i = 0; i < 100; i++) {
            byte[] noise = new byte[1 + random.nextInt(300)];
            random.nextBytes(noise);
            try (RawClient client = new RawClient(server().address())) {
                if (i % 3 != 0) {
                    client.greet();
                }
                if (i % 3 == 2) {
                    client.export("d");
                }
                client.out.write(noise);
                client.out.flush();
            } catch (java.io.IOException expected) {
                assertThat(expected).isNotNull();
            }
        }
        org.awaitility.Awaitility.await().ignoreExceptions().untilAsserted(this::honest);
    }

    @Test
    void withoutTlsNothingIsAnsweredWhereTlsIsDemanded() throws Exception {
        NbdTls tls = new NbdTls(Certificates.make(folder.resolve("pki"), "ec"));
        try (NbdServer secure =
                NbdServer.listen(new NbdAddress.Tls("127.0.0.1", 0, tls), name -> CONTENT.export(), options)) {
            try (RawClient client = new RawClient(secure.address()).greet()) {
                assertThat(client.option(3)).isEqualTo(ERR_TLS_REQD);
                assertThat(client.option(8)).isEqualTo(ERR_TLS_REQD);
                assertThat(client.option(7, new byte[] {0, 0, 0, 1, 'd', 0, 0})).isEqualTo(ERR_TLS_REQD);
                assertThat(client.option(5, (byte) 1)).isEqualTo(ERR_INVALID);
                assertThat(client.option(2)).isEqualTo(1);
                assertThat(client.ended()).isTrue();
            }
            try (RawClient client = new RawClient(secure.address()).greet()) {
                client.sendOption(1, (byte) 'd');
                assertThat(client.in.read()).isEqualTo(-1);
            }
            try (RawClient client = new RawClient(secure.address()).greet()) {
                // In one write: the server hangs up as soon as it sees what follows STARTTLS.
                client.out.write(HexFormat.of()
                        .parseHex("49484156454f5054" + "0000000500000000" + "49484156454f5054" + "0000000700000007"
                                + "00000001640000"));
                client.reply();
                assertThat(client.ended())
                        .as("an option smuggled in before TLS")
                        .isTrue();
            }
            try (NbdClient honest = NbdClient.connect(secure.address(), "d", NbdClientOptions.defaults())) {
                assertThat(honest.size()).isEqualTo(CONTENT.size());
            }
        }
    }

    private NbdServer server() {
        return java.util.Objects.requireNonNull(running);
    }

    private NbdServer serve(Path where) {
        NbdExports exports = name -> {
            if (!name.equals("d")) {
                throw new NbdRefusedException("unknown");
            }
            return CONTENT.export();
        };
        return NbdServer.listen(new NbdAddress.Unix(where.resolve("h")), exports, options);
    }

    private void honest() {
        try (NbdClient client = NbdClient.connect(
                server().address(), "d", NbdClientOptions.defaults().withMetaContexts(NbdExport.ALLOCATION))) {
            java.nio.ByteBuffer target = java.nio.ByteBuffer.allocate(100_000);
            client.read(12_345, target);
            assertThat(target.flip()).isEqualTo(java.nio.ByteBuffer.wrap(CONTENT.bytes(), 12_345, 100_000));
        }
    }
}
