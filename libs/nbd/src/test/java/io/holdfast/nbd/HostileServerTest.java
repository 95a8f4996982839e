package io.holdfast.nbd;

import static io.holdfast.nbd.ScriptedServer.chunk;
import static io.holdfast.nbd.ScriptedServer.data;
import static io.holdfast.nbd.ScriptedServer.hole;
import static io.holdfast.nbd.ScriptedServer.option;
import static io.holdfast.nbd.ScriptedServer.readOption;
import static io.holdfast.nbd.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a server says, the client ends with an error in time, and never with wrong bytes. */
@Timeout(60)
class HostileServerTest {

    private static final int READ = 8_192;

    private static final NbdClientOptions OPTIONS = NbdClientOptions.defaults()
            .withMetaContexts(NbdExport.ALLOCATION)
            .withTimeouts(Duration.ofSeconds(2), Duration.ofSeconds(2));

    @TempDir
    Path folder;

    Path socket = Path.of("/");

    @BeforeEach
    void nameTheSocket() {
        socket = folder.resolve("s");
    }

    static Stream<Arguments> brokenReads() {
        return Stream.of(
                read("an unknown cookie", (c, out) -> data(out, c + 1, 1, 0, READ)),
                read("a wrong magic number", (c, out) -> out.writeLong(0x1234)),
                read("data before the range", (c, out) -> data(out, c, 1, -1, READ)),
                read("data at the lowest offset", (c, out) -> data(out, c, 1, Long.MIN_VALUE, READ)),
                read("data beyond the range", (c, out) -> data(out, c, 1, 1, READ)),
                read("data far beyond the range", (c, out) -> data(out, c, 1, Long.MAX_VALUE, READ)),
                read("a gap", (c, out) -> {
                    data(out, c, 0, 0, 100);
                    data(out, c, 1, 101, READ - 101);
                }),
                read("an early end", (c, out) -> data(out, c, 1, 0, READ - 1)),
                read("nothing at all", (c, out) -> chunk(out, c, 1, 0, 0)),
                read("the same bytes twice", (c, out) -> {
                    data(out, c, 0, 0, READ);
                    data(out, c, 1, 0, READ);
                }),
                read("a hole over data", (c, out) -> {
                    data(out, c, 0, 0, READ);
                    hole(out, c, 1, 4_096, 4_096);
                }),
                read("a hole that overlaps the one after it", (c, out) -> {
                    hole(out, c, 0, 4_096, 4_096);
                    hole(out, c, 1, 0, 4_097);
                }),
                read("a hole of no length", (c, out) -> hole(out, c, 1, 0, 0)),
                read("a hole of 4 GiB", (c, out) -> hole(out, c, 1, 0, -1)),
                read("data of 4 GiB", (c, out) -> {
                    chunk(out, c, 1, 1, -1);
                    out.writeLong(0);
                }),
                read("data without an offset", (c, out) -> chunk(out, c, 1, 1, 8)),
                read("a chunk of a type that does not exist", (c, out) -> chunk(out, c, 1, 77, 4)),
                read("an empty chunk that does not end", (c, out) -> chunk(out, c, 0, 0, 0)),
                read("a status", (c, out) -> status(out, c, 1, 5, READ, 0)),
                read("a reply without structure", (c, out) -> {
                    out.writeInt(ScriptedServer.SIMPLE);
                    out.writeInt(0);
                    out.writeLong(c);
                    out.write(new byte[READ]);
                }),
                read("an error that is none", (c, out) -> {
                    chunk(out, c, 1, 0x8001, 6);
                    out.writeInt(0);
                    out.writeShort(0);
                }),
                read("an error whose message is longer than it", (c, out) -> {
                    chunk(out, c, 1, 0x8001, 6);
                    out.writeInt(5);
                    out.writeShort(9);
                }),
                read("an error message of 1 GiB", (c, out) -> chunk(out, c, 1, 0x8001, 1 << 30)),
                read("errors without end", (c, out) -> {
                    for (int i = 0; i < 1_000; i++) {
                        chunk(out, c, 0, 0x8001, 6);
                        out.writeInt(5);
                        out.writeShort(0);
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenReads")
    void aBrokenReadIsAProtocolError(String name, ScriptedServer.Answer answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(socket, ScriptedServer.answering(answer));
                NbdClient client = connect()) {
            assertThat(server).as(name).isNotNull();
            assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(READ)))
                    .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.PROTOCOL));
            assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(READ)))
                    .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.PROTOCOL));
        }
    }

    static Stream<Arguments> brokenStatuses() {
        return Stream.of(
                read("an extent of no length", (c, out) -> status(out, c, 1, 5, 0, 0)),
                read("an extent of no length among others", (c, out) -> status(out, c, 1, 5, 512, 0, 0, 1)),
                read("no extents", (c, out) -> status(out, c, 1, 5)),
                read("half an extent", (c, out) -> status(out, c, 1, 5, 512)),
                read("a context never agreed on", (c, out) -> status(out, c, 1, 6, 512, 0)),
                read("a context twice", (c, out) -> {
                    status(out, c, 0, 5, 512, 0);
                    status(out, c, 1, 5, 512, 0);
                }),
                read("no context", (c, out) -> chunk(out, c, 1, 0, 0)),
                read("more extents than anybody needs", (c, out) -> chunk(out, c, 1, 5, 4 + 8 * (1 << 24))),
                read("data", (c, out) -> data(out, c, 1, 0, 512)),
                read("one byte each time", (c, out) -> status(out, c, 1, 5, 1, 0)),
                read("a reply without structure", (c, out) -> {
                    out.writeInt(ScriptedServer.SIMPLE);
                    out.writeInt(0);
                    out.writeLong(c);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenStatuses")
    void aBrokenStatusIsAProtocolError(String name, ScriptedServer.Answer answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(socket, ScriptedServer.answering(answer));
                NbdClient client = connect()) {
            assertThat(server).as(name).isNotNull();
            assertThatThrownBy(() -> client.extents(NbdExport.ALLOCATION, 0, client.size())
                            .count())
                    .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.PROTOCOL));
        }
    }

    @Test
    void aStatusThatRunsOverTheRangeIsClipped() throws Exception {
        ScriptedServer.Answer longer = (c, out) -> status(out, c, 1, 5, 512, 0, -512, 3, 512, 0);
        try (ScriptedServer server = new ScriptedServer(socket, ScriptedServer.answering(longer));
                NbdClient client = connect()) {
            assertThat(server).isNotNull();
            assertThat(client.extents(NbdExport.ALLOCATION, 0, 4_096))
                    .containsExactly(new NbdExtent(0, 512, 0), new NbdExtent(512, 3_584, 3));
        }
    }

    static Stream<Arguments> brokenHandshakes() {
        return Stream.of(
                script("not NBD", NbdException.Kind.PROTOCOL, (in, out) -> out.writeBytes("SSH-2.0-OpenSSH_9.2p1xx")),
                script("oldstyle", NbdException.Kind.PROTOCOL, (in, out) -> {
                    out.writeBytes("NBDMAGIC");
                    out.writeLong(0x0000420281861253L);
                }),
                script("silence", NbdException.Kind.TIMEOUT, (in, out) -> out.writeBytes("NBDM")),
                script("an end", NbdException.Kind.IO, (in, out) -> {
                    throw new java.io.EOFException();
                }),
                script("a reply of 2 GiB", NbdException.Kind.PROTOCOL, (in, out) -> {
                    ScriptedServer.greet(in, out);
                    option(out, readOption(in), 1, Integer.MAX_VALUE);
                }),
                script("a reply to another option", NbdException.Kind.PROTOCOL, (in, out) -> {
                    ScriptedServer.greet(in, out);
                    option(out, readOption(in) + 1, 1, 0);
                }),
                script("contexts without end", NbdException.Kind.PROTOCOL, (in, out) -> {
                    ScriptedServer.greet(in, out);
                    option(out, readOption(in), 1, 0);
                    readOption(in);
                    for (int i = 0; i < 1_000; i++) {
                        option(out, 10, 4, 4 + 6);
                        out.writeInt(i);
                        out.writeBytes("x:%04d".formatted(i));
                    }
                }),
                script("a context not asked for", NbdException.Kind.PROTOCOL, (in, out) -> {
                    ScriptedServer.greet(in, out);
                    option(out, readOption(in), 1, 0);
                    readOption(in);
                    option(out, 10, 4, 4 + 3);
                    out.writeInt(1);
                    out.writeBytes("a:b");
                    option(out, 10, 1, 0);
                }),
                script("a negative size", NbdException.Kind.PROTOCOL, exportOf(-1, 0, 0, 0)),
                script(
                        "a block size that is no power of two",
                        NbdException.Kind.PROTOCOL,
                        exportOf(4_096, 3, 512, 4_096)),
                script("a largest request of nothing", NbdException.Kind.PROTOCOL, exportOf(4_096, 1, 512, 0)),
                script("no size", NbdException.Kind.PROTOCOL, (in, out) -> {
                    ScriptedServer.greet(in, out);
                    option(out, readOption(in), 0x80000001, 0);
                    option(out, readOption(in), 1, 0);
                }),
                script("information without end", NbdException.Kind.PROTOCOL, (in, out) -> {
                    ScriptedServer.greet(in, out);
                    option(out, readOption(in), 0x80000001, 0);
                    for (int i = 0; i < 100_000; i++) {
                        option(out, 7, 3, 2);
                        out.writeShort(99);
                    }
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenHandshakes")
    void aBrokenHandshakeIsAnError(String name, NbdException.Kind kind, ScriptedServer.Script script) throws Exception {
        try (ScriptedServer server = new ScriptedServer(socket, script)) {
            assertThat(server).as(name).isNotNull();
            assertThatThrownBy(this::connect).satisfies(e -> NbdClientContractTest.kind(e, kind));
        }
    }

    @Test
    void aServerThatSendsOneByteAMomentTimesOut() throws Exception {
        ScriptedServer.Answer dripping = (c, out) -> {
            chunk(out, c, 1, 1, 8 + READ);
            out.writeLong(0);
            for (int i = 0; i < READ; i++) {
                out.write(0);
                out.flush();
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            }
        };
        try (ScriptedServer server = new ScriptedServer(socket, ScriptedServer.answering(dripping));
                NbdClient client = connect()) {
            assertThat(server).isNotNull();
            assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(READ)))
                    .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.TIMEOUT));
        }
    }

    @Test
    void randomBytesAfterTheHandshakeAreAnErrorAndNothingElse() throws Exception {
        Random random = new Random(Content.SEED);
        ScriptedServer.Answer noise = (c, out) -> {
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            ByteBuffer head = ByteBuffer.wrap(bytes);
            if (bytes.length > 20) {
                head.putInt(ScriptedServer.STRUCTURED).putShort((short) random.nextInt(2));
                head.putShort(List.of(0, 1, 2, 5, 0x8001, 0x8002)
                        .get(random.nextInt(6))
                        .shortValue());
                head.putLong(c).putInt(random.nextInt(64));
            }
            out.write(bytes);
            out.flush();
            throw new java.io.EOFException();
        };
        try (ScriptedServer server = new ScriptedServer(socket, ScriptedServer.answering(noise))) {
            assertThat(server).isNotNull();
            for (int i = 0; i < 200; i++) {
                try (NbdClient client = connect()) {
                    assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(READ)))
                            .isInstanceOf(NbdException.class);
                }
            }
        }
    }

    private NbdClient connect() {
        return NbdClient.connect(new NbdAddress.Unix(socket), "d", OPTIONS);
    }

    private static Arguments read(String name, ScriptedServer.Answer answer) {
        return arguments(name, answer);
    }

    private static Arguments script(String name, NbdException.Kind kind, ScriptedServer.Script script) {
        return arguments(name, kind, script);
    }

    private static ScriptedServer.Script exportOf(long size, int min, int preferred, int max) {
        return (in, out) -> {
            ScriptedServer.greet(in, out);
            option(out, readOption(in), 0x80000001, 0);
            readOption(in);
            option(out, 7, 3, 12);
            out.writeShort(0);
            out.writeLong(size);
            out.writeShort(3);
            option(out, 7, 3, 14);
            out.writeShort(3);
            out.writeInt(min);
            out.writeInt(preferred);
            out.writeInt(max);
            option(out, 7, 1, 0);
        };
    }
}
