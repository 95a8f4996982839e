package io.holdfast.local.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuestTest {
    private static final Duration BOOT = Duration.ofSeconds(90);

    private Path folder = Path.of("unset");
    private OwnLibvirt libvirt;

    GuestTest() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "hf");
        libvirt = OwnLibvirt.in(folder.resolve("lv"));
    }

    @BeforeEach
    void start() throws Exception {
        libvirt.start();
    }

    @AfterEach
    void removeAll() throws IOException {
        libvirt.close();
        assertThat(libvirt.processes()).isEmpty();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aKilledGuestProvesEveryFileItHadCommittedAndNoticesOneWrongByte() throws Exception {
        GuestDisk first = GuestDisk.first(folder.resolve("a.raw"), GuestDisk.Format.RAW);
        GuestDisk second = GuestDisk.second(folder.resolve("b.qcow2"), GuestDisk.Format.QCOW2);
        GuestImage image = GuestImage.build(folder);
        Guest guest = new Guest(libvirt, new GuestXml("g1", image, first, second, folder.resolve("con"), false));
        guest.boot(BOOT);
        guest.console().awaitCommit(45, BOOT);
        assertThat(libvirt.processes()).contains(libvirt.qemu("g1"));
        assertThat(libvirt.daemon()).get().isNotEqualTo(libvirt.qemu("g1"));
        guest.kill();
        int committed = guest.console().lastCommit();

        Path verdict = folder.resolve("verdict");
        Console.Verified verified = Guest.verify(libvirt.virsh(), "g1", verdict, BOOT);

        assertThat(verified.last()).isBetween(committed, committed + 1);
        assertThat(verified.lastOnSecond()).isBetween(verified.last() - 1, verified.last());
        assertThat(verified.files()).isBetween(2 * (Guest.KEPT_FILES - 2), 2 * Guest.KEPT_FILES);
        assertThat(guest.console().firstTrim()).hasValue(40);
        assertThat(libvirt.virsh().inactiveXml("g1")).contains("holdfast.mode=write");

        String damaged = committed - 2 + ".dat";
        flipOneByteOf(first.file(), damaged);
        assertThatThrownBy(() -> Guest.verify(libvirt.virsh(), "g1", verdict, BOOT))
                .isInstanceOf(GuestFailedException.class)
                .hasMessageContaining(damaged + ": FAILED");
        assertThat(libvirt.virsh().running()).isEmpty();
    }

    @Test
    void aSecondDaemonObjectFindsAndEndsWhatTheFirstOneStarted() throws Exception {
        assertThat(libvirt.virsh().domains()).isEmpty();
        assertThat(OwnLibvirt.in(folder.resolve("lv")).daemon()).isPresent();

        OwnLibvirt.in(folder.resolve("lv")).stop();

        assertThat(libvirt.answers()).isFalse();
    }

    @Test
    void aTooLongFolderIsRefusedWithASentence() {
        assertThatThrownBy(() -> OwnLibvirt.in(folder.resolve("x".repeat(60))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("choose a shorter one");
    }

    private static void flipOneByteOf(Path raw, String file) throws Exception {
        String block = Command.run(
                        Duration.ofSeconds(10),
                        List.of("/usr/sbin/debugfs", "-R", "bmap " + file + " 0", raw.toString()))
                .strip();
        long offset = Long.parseLong(block) * 4096 + 100;
        try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~one.get(0)}), offset);
        }
    }
}
