package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.api.point.PointInfo;
import io.holdfast.local.guest.Command;
import io.holdfast.systemtests.history.PausedVm.Shape;
import io.holdfast.systemtests.history.RestoreCheck.Expected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A guest can write whatever it likes to a raw disk: nobody may ask its bytes what it is. */
@OnTheGround
class RawDiskTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long BYTES = (4L << 20) + 512;
    private static final String NAME = "liar";

    @Test
    void aRawDiskThatBeginsLikeAQcow2OverAFileOfTheHostIsBytesAndNothingElseWhateverIsDoneWithIt(Ground ground)
            throws Exception {
        Path copies = ground.scratch(NAME);
        PausedVm vm = new PausedVm(ground, NAME, List.of(new Shape("raw", BYTES)));
        List<Expected> points = new ArrayList<>();
        try {
            Path header = header(copies.resolve("header.qcow2"));
            vm.fill(0, header);
            vm.start();
            backup(ground, vm, copies, points);

            ground.front().snapshot(NAME, "s");
            vm.io(0, "write -P 5 3M 64k");
            ground.front().deleteSnapshot(NAME, "s");
            assertRaw(vm, header);
            vm.io(0, "write -P 6 2M 64k");
            backup(ground, vm, copies, points);
            new RestoreCheck(ground).all("r" + NAME, points);

            vm.io(0, "write -P 7 1M 64k");
            PointInfo first = points.getFirst().point();
            ground.front().finish(ground.front().startRestoreInPlace(first.id()));
            assertRaw(vm, header);
            Path now = PausedVm.raw(vm.disks().getFirst(), copies.resolve("now"));
            assertThat(Files.mismatch(now, points.getFirst().disks().getFirst()))
                    .isEqualTo(-1);
        } finally {
            vm.remove();
            Ground.deleteTree(copies);
        }
        assertThat(ground.files()).isEmpty();
    }

    private static void backup(Ground ground, PausedVm vm, Path copies, List<Expected> into)
            throws IOException, InterruptedException {
        BackupKind kind = into.isEmpty() ? BackupKind.FULL : BackupKind.INCREMENTAL;
        List<Path> disks = vm.copies(copies.resolve("p" + into.size()));
        PointInfo point = ground.front().backup(NAME, Ground.VAULT, kind);
        assertThat(point.disks().getFirst().format()).isEqualTo("raw");
        into.add(new Expected(point, disks));
    }

    private static void assertRaw(PausedVm vm, Path header) throws IOException, InterruptedException {
        Disk disk = vm.disks().getFirst();
        assertThat(disk.format()).isEqualTo("raw");
        byte[] begins = new byte[(int) Files.size(header)];
        try (var file = Files.newInputStream(disk.file())) {
            assertThat(file.readNBytes(begins, 0, begins.length)).isEqualTo(begins.length);
        }
        assertThat(begins).as("the guest's bytes").isEqualTo(Files.readAllBytes(header));
    }

    /** A real one, as a guest would write it. */
    private static Path header(Path file) throws IOException, InterruptedException {
        Command.run(
                PATIENCE,
                List.of(
                        "qemu-img",
                        "create",
                        "-q",
                        "-f",
                        "qcow2",
                        "-u",
                        "-b",
                        "/etc/passwd",
                        "-F",
                        "raw",
                        file.toString(),
                        "1M"));
        return file;
    }
}
