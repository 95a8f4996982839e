package io.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.view.ViewInfo.ViewDisk;
import io.holdfast.testkit.nbd.Certificates;
import io.holdfast.testkit.nbd.QemuNbd;
import io.holdfast.vault.Range;
import io.holdfast.worker.nbd.NbdDisks;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Disks of a view that a QEMU elsewhere serves over TLS. */
@Timeout(120)
class ViewOverTlsTest {

    private static final int SPAN = 256 << 10;

    @TempDir
    Path folder;

    private static byte[] content() {
        byte[] bytes = new byte[(5 << 20) + 512];
        new Random(7).nextBytes(bytes);
        java.util.Arrays.fill(bytes, 2 << 20, 4 << 20, (byte) 0);
        return bytes;
    }

    /** Sparse where it is zero. */
    private static Path image(Path file, byte[] content) throws Exception {
        Files.write(file, java.util.Arrays.copyOf(content, 2 << 20));
        try (var channel = Files.newByteChannel(file, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(4 << 20).write(ByteBuffer.wrap(content, 4 << 20, content.length - (4 << 20)));
        }
        return file;
    }

    private static ViewDisk disk(int port, long size) {
        return new ViewDisk("vda", size, "raw", new NbdEndpoint.Tls("127.0.0.1", port, "d"), null, null, null);
    }

    @Test
    void everyByteIsReadOverTlsInSequenceAndAtRandom() throws Exception {
        byte[] content = content();
        Path certificates = Certificates.make(folder.resolve("pki"), "rsa");
        try (QemuNbd qemu = QemuNbd.overTls(folder, certificates, image(folder.resolve("disk.raw"), content));
                var disk = new NbdDisks(Optional.of(certificates)).connect(disk(qemu.port(), content.length))) {
            assertThat(disk.size()).isEqualTo(content.length);
            List<Range> allocated = new ArrayList<>();
            disk.allocated().forEachRemaining(allocated::add);
            assertThat(allocated)
                    .containsExactly(new Range(0, 2 << 20), new Range(4 << 20, content.length - (4 << 20)));
            byte[] read = new byte[content.length];
            for (int at = 0; at < read.length; at += SPAN) {
                disk.read(at, ByteBuffer.wrap(read, at, Math.min(SPAN, read.length - at)));
            }
            assertThat(read).isEqualTo(content);
            var last = ByteBuffer.allocate(513);
            disk.read(content.length - 513, last);
            assertThat(last.array())
                    .isEqualTo(java.util.Arrays.copyOfRange(content, content.length - 513, content.length));
        }
    }

    @Test
    void aServerOfAnotherAuthorityAndAWorkerWithoutACertificateReadNothing() throws Exception {
        byte[] content = content();
        Path certificates = Certificates.make(folder.resolve("pki"), "rsa");
        Path foreign = Certificates.make(folder.resolve("foreign"), "ec");
        try (QemuNbd qemu = QemuNbd.overTls(folder, certificates, image(folder.resolve("disk.raw"), content))) {
            for (Optional<Path> mine : List.of(Optional.of(foreign), Optional.<Path>empty())) {
                assertThatThrownBy(() -> new NbdDisks(mine).connect(disk(qemu.port(), content.length)))
                        .isInstanceOfSatisfying(
                                ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NBD_ERROR));
            }
            assertThatThrownBy(() ->
                            new NbdDisks(Optional.of(certificates)).connect(disk(qemu.port(), content.length - 512)))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.detail()).contains("instead of"));
        }
    }
}
