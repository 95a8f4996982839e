package io.holdfast.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testkit.nbd.Tool;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against qemu-nbd, qemu-storage-daemon and nbdkit. */
class NbdClientContractTest {

    private static final NbdClientOptions OPTIONS =
            NbdClientOptions.defaults().withMetaContexts(NbdExport.ALLOCATION).withMaxRequestBytes(1 << 20);

    @TempDir
    Path folder;

    Path socket = Path.of("/");

    @BeforeEach
    void nameTheSocket() {
        socket = folder.resolve("s");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, (1 << 20) + 512, 8 << 20, (8 << 20) + 4_096 + 512})
    void readsARawImageOfAnySizeFromQemuNbd(int size) throws Exception {
        Content content = Content.random(size);
        Path image = content.writeTo(folder.resolve("disk.raw"));
        try (Tool server = Tool.serve(
                        socket,
                        "qemu-nbd",
                        "-r",
                        "-t",
                        "-e",
                        "4",
                        "-f",
                        "raw",
                        "-k",
                        "" + socket,
                        "-x",
                        "d",
                        "" + image);
                NbdClient client = connect("d")) {
            assertThat(server.running()).isTrue();
            assertThat(client.readOnly()).isTrue();
            ClientReads.readsAll(client, content);
            ClientReads.readsRandomly(client, content);
            ClientReads.mapFits(client, content);
        }
    }

    @Test
    void readsAQcow2ImageAndTellsWhatABitmapSaysIsDirty() throws Exception {
        Content content = Content.random(6 << 20);
        Path image = qcow2(content);
        Tool.run("qemu-img", "bitmap", "--add", "" + image, "b1");
        Tool.run("qemu-io", "-f", "qcow2", "-c", "write -P 0x5a 1M 64k", "-c", "write -z 4M 128k", "" + image);
        java.util.Arrays.fill(content.bytes(), 1 << 20, (1 << 20) + (64 << 10), (byte) 0x5a);
        java.util.Arrays.fill(content.bytes(), 4 << 20, (4 << 20) + (128 << 10), (byte) 0);
        try (Tool server = Tool.serve(
                        socket,
                        "qemu-nbd",
                        "-r",
                        "-t",
                        "-f",
                        "qcow2",
                        "-k",
                        "" + socket,
                        "-x",
                        "d",
                        "-B",
                        "b1",
                        "" + image);
                NbdClient client = NbdClient.connect(
                        new NbdAddress.Unix(socket),
                        "d",
                        OPTIONS.withMetaContexts(
                                NbdExport.ALLOCATION, "qemu:dirty-bitmap:b1", "qemu:dirty-bitmap:no"))) {
            assertThat(server.running()).isTrue();
            assertThat(client.contexts()).containsExactlyInAnyOrder(NbdExport.ALLOCATION, "qemu:dirty-bitmap:b1");
            ClientReads.readsAll(client, content);
            assertThat(ClientReads.mapFits(client, content)).isPositive();
            assertThat(client.extents("qemu:dirty-bitmap:b1", 0, client.size()))
                    .containsExactly(
                            new NbdExtent(0, 1 << 20, 0),
                            new NbdExtent(1 << 20, 64 << 10, 1),
                            new NbdExtent((1 << 20) + (64 << 10), (3 << 20) - (64 << 10), 0),
                            new NbdExtent(4 << 20, 128 << 10, 1),
                            new NbdExtent((4 << 20) + (128 << 10), (2 << 20) - (128 << 10), 0));
            assertThat(client.blockStatus("qemu:dirty-bitmap:b1", (1 << 20) + 100, 1_000))
                    .containsExactly(new NbdExtent((1 << 20) + 100, 1_000, 1));
            assertThatThrownBy(() -> client.extents("qemu:dirty-bitmap:no", 0, 1))
                    .satisfies(e -> kind(e, NbdException.Kind.REFUSED));
        }
    }

    @Test
    void findsAllBitmapsThatAStorageDaemonExports() throws Exception {
        Content content = Content.random(3 << 20);
        Path image = qcow2(content);
        Tool.run("qemu-img", "bitmap", "--add", "" + image, "b1");
        Tool.run("qemu-img", "bitmap", "--add", "" + image, "b2");
        String export = "{\"type\":\"nbd\",\"id\":\"e0\",\"node-name\":\"n0\",\"name\":\"disk0\",\"writable\":false,"
                + "\"bitmaps\":[\"b1\",\"b2\"],\"allocation-depth\":true}";
        List<String> command = List.of(
                "qemu-storage-daemon",
                "--blockdev",
                "driver=file,node-name=f0,read-only=on,filename=" + image,
                "--blockdev",
                "driver=qcow2,node-name=n0,file=f0,read-only=on",
                "--nbd-server",
                "addr.type=unix,max-connections=4,addr.path=" + socket,
                "--export",
                export);
        try (Tool server = Tool.serve(socket, command.toArray(String[]::new));
                NbdClient client = NbdClient.connect(
                        new NbdAddress.Unix(socket),
                        "disk0",
                        OPTIONS.withMetaContexts("base:", "qemu:dirty-bitmap:"))) {
            assertThat(server.running()).isTrue();
            assertThat(client.contexts())
                    .containsExactlyInAnyOrder(NbdExport.ALLOCATION, "qemu:dirty-bitmap:b1", "qemu:dirty-bitmap:b2");
            ClientReads.readsAll(client, content);
            ClientReads.mapFits(client, content);
            assertThat(client.extents("qemu:dirty-bitmap:b2", 0, client.size()))
                    .containsExactly(new NbdExtent(0, client.size(), 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--filter=nozero", "--no-sr", "--filter=noextents"})
    void readsFromNbdkitInItsVariants(String variant) throws Exception {
        Content content = Content.random((2 << 20) + 12_345);
        Path image = content.writeTo(folder.resolve("disk.raw"));
        try (Tool server = nbdkit("-r", variant, "file", "" + image);
                NbdClient client = connect("")) {
            assertThat(server.running()).isTrue();
            ClientReads.readsAll(client, content);
            ClientReads.readsRandomly(client, content);
            assertThat(client.hasContext(NbdExport.ALLOCATION)).isNotEqualTo(variant.equals("--no-sr"));
            if (client.hasContext(NbdExport.ALLOCATION)) {
                ClientReads.mapFits(client, content);
            }
        }
    }

    @Test
    void keepsTheAlignmentAndTheLargestRequestThatAServerDemands() throws Exception {
        Content content = Content.random(1 << 20);
        Path image = content.writeTo(folder.resolve("disk.raw"));
        try (Tool server = nbdkit(
                        "-r",
                        "--filter=blocksize-policy",
                        "file",
                        "" + image,
                        "blocksize-minimum=4096",
                        "blocksize-preferred=4096",
                        "blocksize-maximum=65536",
                        "blocksize-error-policy=error");
                NbdClient client = connect("")) {
            assertThat(server.running()).isTrue();
            assertThat(client.maxRequestBytes()).isEqualTo(65_536);
            ClientReads.readsAll(client, content);
            ClientReads.readsRandomly(client, content);
            ClientReads.mapFits(client, content);
            assertThat(client.blockStatus(NbdExport.ALLOCATION, 5_000, 10))
                    .extracting(NbdExtent::offset, NbdExtent::length)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(5_000L, 10L));
        }
    }

    @Test
    void aFailedReadLeavesTheConnectionUsable() throws Exception {
        Content content = Content.random(1 << 20);
        Path image = content.writeTo(folder.resolve("disk.raw"));
        Path trigger = folder.resolve("fail");
        try (Tool server = nbdkit(
                        "-r",
                        "--filter=error",
                        "file",
                        "" + image,
                        "error-pread=EIO",
                        "error-pread-rate=100%",
                        "error-file=" + trigger);
                NbdClient client = connect("")) {
            assertThat(server.running()).isTrue();
            java.nio.file.Files.createFile(trigger);
            assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(4_096))).satisfies(e -> {
                kind(e, NbdException.Kind.REMOTE);
                assertThat(((NbdException) e).errno()).isEqualTo(5);
            });
            java.nio.file.Files.delete(trigger);
            ClientReads.readsAll(client, content);
        }
    }

    @Test
    void aServerThatIsTooSlowTimesOut() throws Exception {
        Path image = Content.random(1 << 20).writeTo(folder.resolve("disk.raw"));
        try (Tool server = nbdkit("-r", "--filter=delay", "file", "" + image, "delay-read=30");
                NbdClient client = NbdClient.connect(
                        new NbdAddress.Unix(socket),
                        "",
                        OPTIONS.withTimeouts(Duration.ofSeconds(10), Duration.ofMillis(300)))) {
            assertThat(server.running()).isTrue();
            assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(4_096)))
                    .satisfies(e -> kind(e, NbdException.Kind.TIMEOUT));
            assertThatThrownBy(() -> client.read(0, ByteBuffer.allocate(4_096)))
                    .satisfies(e -> kind(e, NbdException.Kind.TIMEOUT));
        }
    }

    @Test
    void anInterruptEndsAReadAtOnceAndIsKept() throws Exception {
        Path image = Content.random(1 << 20).writeTo(folder.resolve("disk.raw"));
        try (Tool server = nbdkit("-r", "--filter=delay", "file", "" + image, "delay-read=30");
                NbdClient client = connect("")) {
            assertThat(server.running()).isTrue();
            java.util.concurrent.CompletableFuture<Boolean> flag = new java.util.concurrent.CompletableFuture<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    client.read(0, ByteBuffer.allocate(4_096));
                    flag.completeExceptionally(new AssertionError("the read ended well"));
                } catch (NbdException e) {
                    flag.complete(e.kind() == NbdException.Kind.CLOSED
                            && Thread.currentThread().isInterrupted());
                }
            });
            org.awaitility.Awaitility.await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
            reader.interrupt();
            assertThat(flag.get(5, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anUnknownExportIsRefusedWithoutItsNameInTheMessage() throws Exception {
        Path image = Content.random(1 << 20).writeTo(folder.resolve("disk.raw"));
        try (Tool server =
                Tool.serve(socket, "qemu-nbd", "-r", "-t", "-f", "raw", "-k", "" + socket, "-x", "d", "" + image)) {
            assertThat(server.running()).isTrue();
            assertThatThrownBy(() -> connect("secret-name"))
                    .satisfies(e -> kind(e, NbdException.Kind.REFUSED))
                    .hasMessageNotContaining("secret");
        }
        assertThatThrownBy(() -> connect("d")).satisfies(e -> kind(e, NbdException.Kind.IO));
    }

    private NbdClient connect(String export) {
        return NbdClient.connect(new NbdAddress.Unix(socket), export, OPTIONS);
    }

    private Tool nbdkit(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of("nbdkit", "-f", "-U", "" + socket));
        command.addAll(List.of(arguments));
        return Tool.serve(socket, command.toArray(String[]::new));
    }

    private Path qcow2(Content content) throws Exception {
        Path raw = content.writeTo(folder.resolve("disk.raw"));
        Path image = folder.resolve("disk.qcow2");
        Tool.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", "" + raw, "" + image);
        return image;
    }

    static void kind(Throwable failure, NbdException.Kind kind) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        NbdException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }
}
