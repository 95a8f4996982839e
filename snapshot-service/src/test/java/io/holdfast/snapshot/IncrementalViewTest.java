package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.snapshot.app.SnapshotWork;
import io.holdfast.snapshot.app.Snapshots;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class IncrementalViewTest extends Suite {

    @Inject
    SnapshotWork snapshotWork;

    private TestVm running(String name) {
        TestVm vm = vm(
                name,
                new TestVm.Disk("vda", "qcow2", 8 * MIB),
                new TestVm.Disk("vdb", "raw", 2 * MIB),
                new TestVm.Disk("vdc", "qcow2", 5 * MIB + 512));
        vm.start();
        vm.io(0, "write -P 0x11 0 8M");
        vm.io(1, "write -P 0x12 0 2M");
        vm.io(2, "write -P 0x13 0 1M");
        return vm;
    }

    /** Applies an incremental to {@code older} and compares with the disk itself; answers the changed bytes. */
    private long exact(TestVm vm, UUID base, Path older) throws IOException {
        UUID job = UUID.randomUUID();
        Path now = vm.copy("vda", job.toString());
        ViewInfo view = api.openView(request(vm, job, UUID.randomUUID(), List.of(base)));
        assertThat(disk(view, "vda").base())
                .as(String.valueOf(disk(view, "vda").fullReason()))
                .isEqualTo(base);
        Path patched = libvirt.home.resolve("patched-" + job);
        Files.copy(older, patched);
        long changed = applyChanges(disk(view, "vda"), patched);
        same(patched, now);
        same(readFull(view, "vda"), now);
        abandon(job);
        return changed;
    }

    @Test
    void whatChangedIsExactAndZeroedAndDiscardedRangesAreChanges() throws IOException {
        TestVm vm = running("inc1");
        Path older = vm.copy("vda", "older");
        UUID base = committed(vm, vault, List.of());
        vm.io(0, "write -P 0x22 1M 64k");
        vm.io(0, "write -z 3M 64k");
        vm.io(0, "discard 5M 128k");
        assertThat(exact(vm, base, older)).isEqualTo(256 << 10);
    }

    @Test
    void rawDisksAreReadInFullBesideIncrementalOnesAndSaySo() {
        TestVm vm = running("inc2");
        UUID base = committed(vm, vault, List.of());
        ViewInfo view = api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of(base)));
        assertThat(disk(view, "vdb").fullReason()).contains("raw");
        assertThat(disk(view, "vdb").changedContext()).isNull();
        assertThat(disk(view, "vdc").base()).isEqualTo(base);
        assertThat(disk(view, "vda").changedContext()).startsWith("qemu:dirty-bitmap:");
    }

    @Test
    void twoVaultsInTurnsKeepTheirOwnLines() throws IOException {
        TestVm vm = running("inc3");
        UUID other = UUID.randomUUID();
        Path a0 = vm.copy("vda", "a0");
        UUID a = committed(vm, vault, List.of());
        vm.io(0, "write -P 0x31 0 64k");
        committed(vm, other, List.of());
        vm.io(0, "write -P 0x32 1M 64k");
        assertThat(exact(vm, a, a0)).isEqualTo(128 << 10);
        UUID a2 = committed(vm, vault, List.of(a));
        UUID a3 = committed(vm, vault, List.of(a2));
        assertThat(checkpoints.all()).hasSize(3);
        assertThat(libvirt.virsh("checkpoint-list", vm.name))
                .doesNotContain(a.toString())
                .contains(a3.toString());
    }

    @Test
    void anAbandonedViewLosesNoChange() throws IOException {
        TestVm vm = running("inc4");
        Path older = vm.copy("vda", "older");
        UUID base = committed(vm, vault, List.of());
        vm.io(0, "write -P 0x41 0 64k");
        UUID job = UUID.randomUUID();
        api.openView(request(vm, job, UUID.randomUUID(), List.of(base)));
        abandon(job);
        vm.io(0, "write -P 0x42 2M 64k");
        assertThat(exact(vm, base, older)).isEqualTo(128 << 10);
    }

    @Test
    void aKilledProcessLosesItsBitmapsAndThatIsSaidAndRecovered() throws IOException {
        TestVm vm = running("inc5");
        UUID base = committed(vm, vault, List.of());
        vm.kill();
        vm.start();
        UUID job = UUID.randomUUID();
        UUID point = UUID.randomUUID();
        Path now = vm.copy("vda", "now");
        ViewInfo view = api.openView(request(vm, job, point, List.of(base)));
        assertThat(disk(view, "vda").base()).isNull();
        assertThat(disk(view, "vda").fullReason()).contains("bitmap was lost");
        same(readFull(view, "vda"), now);
        commit(view);
        vm.io(0, "write -P 0x51 0 64k");
        assertThat(exact(vm, point, now)).isEqualTo(64 << 10);
    }

    @Test
    void disksThatChangedPlacesAreReadInFullThoughEachFileHasASoundBitmap() {
        TestVm vm = vm(
                "exchanged",
                new TestVm.Disk("vda", "qcow2", MIB),
                new TestVm.Disk("vdb", "qcow2", MIB),
                new TestVm.Disk("vdc", "qcow2", MIB));
        vm.start();
        vm.io(1, "write -P 0xb1 0 512k");
        vm.io(2, "write -P 0xc1 0 512k");
        UUID base = committed(vm, vault, List.of());
        libvirt.virsh("destroy", vm.name);
        String xml = libvirt.virsh("dumpxml", "--inactive", vm.name);
        String[] files = {
            libvirt.virsh("domblklist", vm.name).replaceAll("(?s).*vdb +(\\S+).*", "$1"),
            libvirt.virsh("domblklist", vm.name).replaceAll("(?s).*vdc +(\\S+).*", "$1")
        };
        Path changed = libvirt.home.resolve("exchanged.xml");
        TestFiles.write(
                changed, xml.replace(files[0], "@").replace(files[1], files[0]).replace("@", files[1]));
        libvirt.virsh("define", changed.toString());
        vm.start();
        Path now = vm.copy("vdb", "exchanged-now");

        ViewInfo view = api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of(base)));

        assertThat(disk(view, "vda").base()).isEqualTo(base);
        assertThat(disk(view, "vdb").fullReason()).contains("another file");
        assertThat(disk(view, "vdc").fullReason()).contains("another file");
        same(readFull(view, "vdb"), now);
    }

    @Test
    void aCopyOfAnotherDiskInADisksPlaceIsReadInFull() {
        TestVm vm = vm("cloned", new TestVm.Disk("vda", "qcow2", MIB), new TestVm.Disk("vdb", "qcow2", MIB));
        vm.start();
        vm.io(0, "write -P 0xa1 0 512k");
        UUID base = committed(vm, vault, List.of());
        libvirt.virsh("destroy", vm.name);
        Path copy = vm.file("vdc", "qcow2");
        Shell.run("cp", vm.file("vda", "qcow2").toString(), copy.toString());
        vm.redefine(xml -> xml.replace(vm.file("vdb", "qcow2").toString(), copy.toString()));
        vm.start();

        ViewInfo view = api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of(base)));

        assertThat(disk(view, "vda").base()).isEqualTo(base);
        assertThat(disk(view, "vdb").fullReason()).contains("another file");
    }

    @Test
    void disksThatAreNamedByPoolAndVolumeAreToldApart() {
        TestVm vm = vm("volumes", new TestVm.Disk("vda", "qcow2", MIB), new TestVm.Disk("vdb", "qcow2", MIB))
                .byVolume("vda")
                .byVolume("vdb")
                .start();
        UUID base = committed(vm, vault, List.of());
        UUID next = committed(vm, vault, List.of(base));
        UUID looking = UUID.randomUUID();
        assertThat(disk(api.openView(request(vm, looking, UUID.randomUUID(), List.of(next))), "vda")
                        .base())
                .as("nothing changed places")
                .isEqualTo(next);
        abandon(looking);
        libvirt.virsh("destroy", vm.name);
        String a = vm.file("vda", "qcow2").getFileName().toString();
        String b = vm.file("vdb", "qcow2").getFileName().toString();
        vm.redefine(xml -> xml.replace(a, "@").replace(b, a).replace("@", b));
        vm.start();
        ViewInfo view = api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of(next)));
        assertThat(view.disks()).allSatisfy(d -> assertThat(d.fullReason()).contains("another file"));
    }

    @Test
    void aDiskAddedLaterIsReadInFullAndTheOthersStayIncremental() {
        TestVm vm = running("inc6");
        UUID base = committed(vm, vault, List.of());
        vm.addDisk(new TestVm.Disk("vdd", "qcow2", MIB));
        ViewInfo view = api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of(base)));
        assertThat(disk(view, "vdd").fullReason()).contains("added");
        assertThat(disk(view, "vda").base()).isEqualTo(base);
    }

    @Test
    void changesSurviveASnapshotAndItsLiveConsolidation() throws IOException {
        TestVm vm = running("inc7");
        Path p0 = vm.copy("vda", "p0");
        UUID base = committed(vm, vault, List.of());
        vm.io(0, "write -P 0x61 0 64k");
        snapshotWork.create(
                UUID.randomUUID(),
                new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, "vor dem Umbau <&>", "text", false));
        vm.io(0, "write -P 0x62 1M 64k");
        vm.io(0, "discard 6M 64k");
        assertThat(api.snapshots(SOURCE, vm.id)).singleElement().satisfies(s -> {
            assertThat(s.name()).isEqualTo("vor dem Umbau <&>");
            assertThat(s.current()).isTrue();
            assertThat(s.parent()).isNull();
        });
        assertThat(exact(vm, base, p0)).isEqualTo(192 << 10);
        Path p1 = vm.copy("vda", "p1");
        UUID second = committed(vm, vault, List.of(base));
        vm.io(0, "write -P 0x63 2M 64k");
        snapshotWork.delete(
                UUID.randomUUID(),
                new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, "vor dem Umbau <&>"),
                new Quiet());
        assertThat(api.snapshots(SOURCE, vm.id)).isEmpty();
        assertThat(exact(vm, second, p1)).isBetween(64L << 10, 8 * MIB);
        vm.io(0, "write -P 0x64 3M 64k");
        assertThat(exact(vm, second, p1)).isBetween(128L << 10, 8 * MIB);
        assertThat(exact(vm, base, p0)).isGreaterThanOrEqualTo(256 << 10);
    }

    @Test
    void aMiddleSnapshotIsConsolidatedAndOnAVmThatIsOff() throws IOException {
        TestVm vm = running("inc8");
        for (String name : List.of("one", "two", "three")) {
            snapshotWork.create(
                    UUID.randomUUID(), new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, name, null, false));
            vm.io(0, "write -P 0x7" + name.length() + " 0 64k");
        }
        assertThat(api.snapshots(SOURCE, vm.id)).extracting(s -> s.parent()).containsExactly(null, "one", "two");
        Path before = vm.copy("vda", "chain");
        snapshotWork.delete(UUID.randomUUID(), new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, "two"), new Quiet());
        same(vm.copy("vda", "middle"), before);
        assertThat(api.snapshots(SOURCE, vm.id)).extracting(s -> s.parent()).containsExactly(null, "one");
        libvirt.virsh("destroy", vm.name);
        snapshotWork.delete(
                UUID.randomUUID(), new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, "three"), new Quiet());
        snapshotWork.delete(UUID.randomUUID(), new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, "one"), new Quiet());
        assertThat(libvirt.virsh("domstate", vm.name)).contains("shut off");
        same(vm.copy("vda", "end"), before);
        try (var files = Files.list(libvirt.pool)) {
            assertThat(files.map(f -> f.getFileName().toString())).noneMatch(f -> f.contains("snapshot"));
        }
    }

    /** Listens to nothing. */
    static final class Quiet implements Snapshots.Watch {
        @Override
        public void at(long doneBytes, long totalBytes) {}

        @Override
        public boolean cancelled() {
            return false;
        }
    }
}
