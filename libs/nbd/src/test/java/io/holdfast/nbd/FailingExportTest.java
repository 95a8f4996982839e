package io.holdfast.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When our own side fails, in an export, a listener, the virtual machine, the client is told or let go. */
@Timeout(120)
class FailingExportTest {

    private static final NbdClientOptions CLIENT = NbdClientOptions.defaults().withMetaContexts(NbdExport.ALLOCATION);

    @TempDir
    Path folder;

    Path socket = Path.of("/");

    @BeforeEach
    void nameTheSocket() {
        socket = folder.resolve("s");
    }

    @Test
    void aFailedReadIsAnErrorOfThatRequestAndReported() {
        Content content = Content.random(1 << 20);
        ConcurrentLinkedQueue<String> reported = new ConcurrentLinkedQueue<>();
        NbdExport failing = new Forwarding(content.export()) {
            @Override
            public List<NbdExtent> allocation(long offset, long length) {
                return List.of(new NbdExtent(offset, length, 0));
            }

            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                if (offset <= 600_000 && offset + target.remaining() > 600_000) {
                    throw new IOException("pack is damaged");
                }
                super.read(offset, target);
            }
        };
        NbdServer.Listener listener = new NbdServer.Listener() {
            @Override
            public void requestFailed(long offset, long length, Throwable cause) {
                reported.add(offset + " " + length + " " + cause.getMessage());
            }
        };
        try (NbdServer server = NbdServer.listen(
                        new NbdAddress.Unix(socket),
                        name -> failing,
                        NbdServerOptions.defaults().withListener(listener));
                NbdClient client = NbdClient.connect(server.address(), "d", CLIENT)) {
            assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(1 << 20)))
                    .satisfies(e -> {
                        NbdClientContractTest.kind(e, NbdException.Kind.REMOTE);
                        assertThat(((NbdException) e).errno()).isEqualTo(5);
                    });
            assertThat(reported).containsExactly("0 1048576 pack is damaged");
            ByteBuffer fine = ByteBuffer.allocate(1_000);
            client.read(900_000, fine);
            assertThat(fine.flip()).isEqualTo(ByteBuffer.wrap(content.bytes(), 900_000, 1_000));
        }
    }

    @Test
    void anErrorOfTheExportEndsTheConnectionInsteadOfLeavingARequestUnanswered() {
        Content content = Content.random(1 << 20);
        AtomicBoolean broken = new AtomicBoolean(true);
        ConcurrentLinkedQueue<Throwable> told = new ConcurrentLinkedQueue<>();
        NbdExport failing = new Forwarding(content.export()) {
            @Override
            public void read(long offset, ByteBuffer target) throws IOException {
                if (broken.get()) {
                    throw new OutOfMemoryError("for a test");
                }
                super.read(offset, target);
            }
        };
        NbdServer.Listener listener = new NbdServer.Listener() {
            @Override
            public void connectionFailed(Throwable cause) {
                told.add(cause);
            }
        };
        try (NbdServer server = NbdServer.listen(
                new NbdAddress.Unix(socket),
                name -> failing,
                NbdServerOptions.defaults().withListener(listener))) {
            // More often than there are buffers: none may be lost.
            for (int i = 0; i < 200; i++) {
                try (NbdClient client = NbdClient.connect(server.address(), "d", CLIENT)) {
                    assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(1 << 20)))
                            .satisfies(e -> NbdClientContractTest.kind(e, NbdException.Kind.IO));
                }
            }
            assertThat(told).hasAtLeastOneElementOfType(OutOfMemoryError.class);
            broken.set(false);
            try (NbdClient client = NbdClient.connect(server.address(), "d", CLIENT)) {
                ClientReads.readsAll(client, content);
            }
        }
    }

    @Test
    void aListenerThatFailsEndsNeitherTheServerNorALoop() throws Exception {
        Content content = Content.random(1 << 20);
        NbdServer.Listener failing = new NbdServer.Listener() {
            @Override
            public void connectionFailed(Throwable cause) {
                throw new IllegalStateException("for a test");
            }
        };
        try (NbdServer server = NbdServer.listen(
                new NbdAddress.Unix(socket),
                name -> content.export(),
                NbdServerOptions.defaults().withConnections(1, 4).withListener(failing))) {
            try (NbdClient first = NbdClient.connect(server.address(), "d", CLIENT);
                    RawClient tooMany = new RawClient(server.address())) {
                assertThat(tooMany.ended()).isTrue();
                ClientReads.readsAll(first, content);
            }
            Awaitility.await().ignoreExceptions().untilAsserted(() -> {
                try (NbdClient again = NbdClient.connect(server.address(), "d", CLIENT)) {
                    ClientReads.readsAll(again, content);
                }
            });
        }
    }
}
