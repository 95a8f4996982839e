package io.holdfast.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.nbd.Certificates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that stops in the middle of something loses its connection; one that rests between requests keeps it. */
@Timeout(120)
class StallingClientTest {

    private static final Content CONTENT = Content.random(32 << 20);
    private static final Duration SOON = Duration.ofMillis(600);
    private static final Duration NEVER = Duration.ofMinutes(10);
    private static final Duration GRACE = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private final AtomicInteger live = new AtomicInteger();
    private @Nullable NbdServer running;

    @AfterEach
    void close() {
        server().close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 20, 30})
    void aHandshakeThatStallsIsCut(int bytes) throws Exception {
        serve(new NbdServerOptions.Timeouts(NEVER, SOON, NEVER, GRACE), 4);
        try (RawClient client = new RawClient(server().address())) {
            byte[] start = "\0\0\0\3IHAVEOPT\0\0\0\7\0\0\0\7\0\0\0\1d\0\0".getBytes(StandardCharsets.ISO_8859_1);
            client.out.write(start, 0, Math.min(bytes, start.length - 1));
            client.out.flush();
            assertThat(client.ended()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 27})
    void aRequestThatIsNeverFinishedIsCut(int bytes) throws Exception {
        serve(new NbdServerOptions.Timeouts(NEVER, NEVER, SOON, GRACE), 4);
        try (RawClient client = exported()) {
            client.out.write(read(0), 0, bytes);
            client.out.flush();
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void aWriteWhoseDataNeverComesIsCut() throws Exception {
        serve(new NbdServerOptions.Timeouts(NEVER, NEVER, SOON, GRACE), 4);
        try (RawClient client = exported()) {
            client.request(0, 1, 1, 0, 4_096);
            client.out.write(new byte[4_095]);
            client.out.flush();
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void aRequestThatTricklesInIsCutAsAWhole() throws Exception {
        serve(new NbdServerOptions.Timeouts(NEVER, NEVER, SOON, GRACE), 4);
        try (RawClient client = exported()) {
            byte[] header = read(0);
            AtomicInteger sent = new AtomicInteger();
            // A byte now and then, each long before the deadline: only the message as a whole is late.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !took(client, header[sent.getAndIncrement()]));
            assertThat(sent.get()).isLessThan(header.length);
        }
    }

    @Test
    void aClientThatRestsBetweenRequestsIsNotCut() throws Exception {
        serve(new NbdServerOptions.Timeouts(NEVER, NEVER, SOON, GRACE), 4);
        try (NbdClient resting = NbdClient.connect(server().address(), "d", NbdClientOptions.defaults())) {
            readsWell(resting);
            try (RawClient late = exported()) {
                late.out.write(read(0), 0, 5);
                late.out.flush();
                assertThat(late.ended()).as("the deadline is over").isTrue();
            }
            readsWell(resting);
        }
    }

    @Test
    void aClientThatDoesNotTakeItsRepliesIsCut() throws Exception {
        serve(new NbdServerOptions.Timeouts(NEVER, NEVER, SOON, GRACE), 4);
        try (RawClient client = exported()) {
            for (int i = 0; i < 8; i++) {
                client.request(0, 0, i, 0, 32 << 20);
            }
            // The client is still there and idle: only the server can have ended its connection.
            Awaitility.await().until(() -> live.get() == 0);
            assertThat(client.takeRest()).isLessThan(32 << 20);
        }
    }

    @Test
    void clientsThatTakeNothingLeaveBuffersToAnHonestOne() throws Exception {
        serve(new NbdServerOptions.Timeouts(NEVER, NEVER, NEVER, GRACE), 40);
        List<RawClient> stuck = new ArrayList<>();
        try {
            // With 16 requests each they would like to hold more buffers than there are.
            for (int i = 0; i < 24; i++) {
                RawClient client = exported();
                stuck.add(client);
                for (int n = 0; n < 16; n++) {
                    client.request(0, 0, n, 0, 32 << 20);
                }
            }
            try (NbdClient honest = NbdClient.connect(server().address(), "d", NbdClientOptions.defaults())) {
                ClientReads.readsRandomly(honest, CONTENT);
            }
        } finally {
            for (RawClient client : stuck) {
                client.close();
            }
        }
    }

    @Test
    void aPeerThatDoesNotAuthenticateIsCutSoonerThanAnyOther() throws Exception {
        serveTls(new NbdServerOptions.Timeouts(SOON, NEVER, NEVER, GRACE), 4);
        try (RawClient silent = new RawClient(server().address());
                RawClient greeted = new RawClient(server().address()).greet();
                RawClient begun = new RawClient(server().address()).greet()) {
            begun.sendOption(5);
            assertThat(begun.reply()).isEqualTo(1);
            assertThat(silent.ended()).isTrue();
            assertThat(greeted.ended()).isTrue();
            assertThat(begun.ended()).as("in the middle of TLS").isTrue();
        }
    }

    @Test
    void peersThatDoNotAuthenticateKeepNobodyOut() throws Exception {
        serveTls(new NbdServerOptions.Timeouts(NEVER, NEVER, NEVER, GRACE), 4);
        List<RawClient> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                silent.add(new RawClient(server().address()));
            }
            try (NbdClient honest = NbdClient.connect(server().address(), "d", NbdClientOptions.defaults())) {
                // Nor do they push out who has authenticated.
                for (int i = 0; i < 20; i++) {
                    silent.add(new RawClient(server().address()));
                }
                readsWell(honest);
            }
        } finally {
            for (RawClient client : silent) {
                client.close();
            }
        }
    }

    private void serve(NbdServerOptions.Timeouts timeouts, int connections) {
        serve(new NbdAddress.Unix(folder.resolve("h")), timeouts, connections);
    }

    private void serveTls(NbdServerOptions.Timeouts timeouts, int connections) throws IOException {
        NbdTls tls = new NbdTls(Certificates.make(folder.resolve("pki"), "ec"));
        serve(new NbdAddress.Tls("127.0.0.1", 0, tls), timeouts, connections);
    }

    private void serve(NbdAddress at, NbdServerOptions.Timeouts timeouts, int connections) {
        NbdServerOptions options = NbdServerOptions.defaults()
                .withConnections(connections, 16)
                .withTimeouts(timeouts)
                .withListener(new NbdServer.Listener() {
                    @Override
                    public void connectionOpened() {
                        live.incrementAndGet();
                    }

                    @Override
                    public void connectionClosed() {
                        live.decrementAndGet();
                    }
                });
        running = NbdServer.listen(at, name -> CONTENT.export(), options);
    }

    private NbdServer server() {
        return Objects.requireNonNull(running);
    }

    private RawClient exported() throws IOException {
        RawClient client = new RawClient(server().address()).greet();
        assertThat(client.export("d")).isEqualTo(CONTENT.size());
        return client;
    }

    private static boolean took(RawClient client, byte next) {
        try {
            client.out.write(next);
            client.out.flush();
            return true;
        } catch (IOException cut) {
            return false;
        }
    }

    /** The 28 bytes of a request to read 512 bytes. */
    private static byte[] read(long offset) {
        return ByteBuffer.allocate(28)
                .putInt(0x25609513)
                .putInt(0)
                .putLong(1)
                .putLong(offset)
                .putInt(512)
                .array();
    }

    private static void readsWell(NbdClient client) {
        ByteBuffer target = ByteBuffer.allocate(100_000);
        client.read(12_345, target);
        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(CONTENT.bytes(), 12_345, 100_000));
    }
}
