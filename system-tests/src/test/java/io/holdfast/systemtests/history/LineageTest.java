package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.point.PointInfo.PointDisk;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.systemtests.history.PausedVm.Shape;
import io.holdfast.systemtests.history.RestoreCheck.Expected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an incremental is read against: lost bitmaps, new disks, two vaults. */
@OnTheGround
class LineageTest {

    private static final long MIB = 1 << 20;
    private static final long KIB = 1 << 10;

    @Test
    void aKilledVirtualMachinesBitmapsAreLostSoThatItsQcow2DisksAreReadInFullWithAReason(Ground ground)
            throws Exception {
        try (Line killed =
                        new Line(ground, "killed", new Shape("qcow2", 8 * MIB + 512), new Shape("raw", 4 * MIB + 512));
                Line other = new Line(ground, "other", new Shape("qcow2", 8 * MIB + 1536))) {
            for (Line line : List.of(killed, other)) {
                line.vm.io(0, "write -P 17 0 5M");
                line.backup(Ground.VAULT, BackupKind.FULL);
                line.vm.io(0, "write -P 34 1M 192k");
            }
            killed.vm.kill();
            killed.vm.start();
            killed.vm.io(0, "write -P 51 3M 64k");
            killed.vm.io(1, "write -P 52 512 1k");

            PointInfo point = killed.backup(Ground.VAULT, BackupKind.INCREMENTAL);
            assertThat(disk(point, "vda").read()).isEqualTo("full");
            assertThat(disk(point, "vda").fullReason()).contains("bitmap was lost");
            assertThat(disk(point, "vdb").fullReason()).contains("raw");
            assertThat(disk(other.backup(Ground.VAULT, BackupKind.INCREMENTAL), "vda"))
                    .as("a disk of a machine that was not killed")
                    .satisfies(d -> assertThat(d.read()).isEqualTo("changed"))
                    .satisfies(d -> assertThat(d.readBytes()).isEqualTo(192 * KIB));

            killed.vm.io(0, "write -P 53 4M 64k");
            PointInfo next = killed.backup(Ground.VAULT, BackupKind.INCREMENTAL);
            assertThat(disk(next, "vda").read())
                    .as("the line goes on: %s", next)
                    .isEqualTo("changed");
            assertThat(disk(next, "vda").readBytes()).isEqualTo(64 * KIB);
            killed.restoreAll();
            other.restoreAll();
        }
    }

    @Test
    void aDiskThatWasAddedIsReadInFullAndTheOthersStayIncremental(Ground ground) throws Exception {
        try (Line line = new Line(ground, "grows", new Shape("qcow2", 8 * MIB + 512))) {
            line.vm.io(0, "write -P 17 0 5M");
            line.backup(Ground.VAULT, BackupKind.FULL);
            line.vm.addDisk(new Shape("qcow2", 5 * MIB + 512));
            line.vm.io(0, "write -P 34 1M 64k");
            line.vm.io(1, "write -P 35 0 3M");

            PointInfo point = line.backup(Ground.VAULT, BackupKind.INCREMENTAL);
            assertThat(disk(point, "vda").read()).isEqualTo("changed");
            assertThat(disk(point, "vda").readBytes()).isEqualTo(64 * KIB);
            assertThat(disk(point, "vdb").read()).isEqualTo("full");
            assertThat(disk(point, "vdb").fullReason()).contains("added");

            line.vm.io(1, "write -P 36 1M 128k");
            PointInfo next = line.backup(Ground.VAULT, BackupKind.INCREMENTAL);
            assertThat(disk(next, "vda").readBytes()).isZero();
            assertThat(disk(next, "vdb").read()).isEqualTo("changed");
            assertThat(disk(next, "vdb").readBytes()).isEqualTo(128 * KIB);
            line.restoreAll();
        }
    }

    /** libvirt wants bitmaps of one name on all disks of a machine: a copy's bitmaps look like the disk's own. */
    @Test
    void aDiskThatWasOverwrittenByAnothersCopyIsReadInFull(Ground ground) throws Exception {
        Shape shape = new Shape("qcow2", 8 * MIB + 512);
        try (Line line = new Line(ground, "copied", shape, shape)) {
            line.vm.io(0, "write -P 17 0 5M");
            line.vm.io(1, "write -P 18 2M 5M");
            line.backup(Ground.VAULT, BackupKind.FULL);
            line.vm.io(0, "write -P 19 1M 64k");
            line.vm.switchOff();
            List<Disk> disks = line.vm.disks();
            Files.copy(disks.get(1).file(), disks.get(0).file(), StandardCopyOption.REPLACE_EXISTING);
            line.vm.start();

            PointInfo point = line.backup(Ground.VAULT, BackupKind.INCREMENTAL);
            assertThat(disk(point, "vda").read()).isEqualTo("full");
            assertThat(disk(point, "vda").fullReason()).contains("differs from the base point");
            assertThat(disk(point, "vdb").read()).isEqualTo("changed");
            line.restoreAll();
        }
    }

    @Test
    void twoVaultsInTurnsKeepTheirOwnLines(Ground ground) throws Exception {
        String folder = "folder";
        ground.front()
                .finish(ground.catalog()
                        .addVault(new VaultSpec(
                                folder, ground.scratch("folder-vault").toUri().toString(), null, null, null))
                        .job());
        try (Line line = new Line(ground, "turns", new Shape("qcow2", 8 * MIB + 512))) {
            line.vm.io(0, "write -P 17 0 5M");
            PointInfo s1 = line.backup(Ground.VAULT, BackupKind.FULL);
            line.vm.io(0, "write -P 18 0 64k");
            PointInfo f1 = line.backup(folder, BackupKind.INCREMENTAL);
            assertThat(f1.kind()).as("the first in a vault").isEqualTo(BackupKind.FULL);
            line.vm.io(0, "write -P 19 1M 64k");
            PointInfo s2 = line.backup(Ground.VAULT, BackupKind.INCREMENTAL);
            line.vm.io(0, "write -P 20 2M 64k");
            PointInfo f2 = line.backup(folder, BackupKind.INCREMENTAL);
            line.vm.io(0, "write -P 21 3M 64k");
            PointInfo f3 = line.backup(folder, BackupKind.INCREMENTAL);
            PointInfo s3 = line.backup(Ground.VAULT, BackupKind.INCREMENTAL);

            assertThat(s2.base()).isEqualTo(s1.id());
            assertThat(f2.base()).isEqualTo(f1.id());
            assertThat(f3.base()).isEqualTo(f2.id());
            assertThat(s3.base()).isEqualTo(s2.id());
            // 0 and 1M; 1M and 2M; 3M; 2M and 3M.
            assertThat(List.of(s2, f2, f3, s3))
                    .extracting(p -> disk(p, "vda").readBytes())
                    .containsExactly(128 * KIB, 128 * KIB, 64 * KIB, 128 * KIB);
            line.restoreAll();
        }
    }

    private static PointDisk disk(PointInfo point, String key) {
        return point.disks().stream()
                .filter(d -> d.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no disk " + key + " in " + point));
    }

    /** A virtual machine with its points and what each has to hold. */
    private static final class Line implements AutoCloseable {
        private final Ground ground;
        private final PausedVm vm;
        private final Path copies;
        private final List<Expected> points = new ArrayList<>();

        Line(Ground ground, String name, Shape... shapes) throws IOException, InterruptedException {
            this.ground = ground;
            this.vm = new PausedVm(ground, name, List.of(shapes)).start();
            this.copies = ground.scratch(name);
        }

        PointInfo backup(String vault, BackupKind kind) throws IOException, InterruptedException {
            List<Path> disks = vm.copies(copies.resolve("p" + points.size()));
            PointInfo point = ground.front().backup(vm.name(), vault, kind);
            points.add(new Expected(point, disks));
            return point;
        }

        void restoreAll() throws IOException, InterruptedException {
            new RestoreCheck(ground).all("r-" + vm.name(), points);
        }

        @Override
        public void close() throws IOException {
            try {
                vm.remove();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Ground.deleteTree(copies);
        }
    }
}
