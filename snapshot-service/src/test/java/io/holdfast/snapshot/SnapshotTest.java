package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.snapshot.domain.Snapshot;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Making and deleting snapshots of VMs that others work on, too. */
@QuarkusTest
class SnapshotTest extends SnapshotSuite {

    @Test
    void aSavedMemoryStateIsNeverConsumed() {
        TestVm vm = withSnapshot("saved");
        libvirt.virsh("managedsave", vm.name);
        assertThat(codeOf(() -> delete(vm))).isEqualTo(ErrorCode.SNAPSHOT_UNSUPPORTED);
        assertThat(libvirt.virsh("dominfo", vm.name)).containsPattern("Managed save: +yes");
        assertThat(state(vm)).isEqualTo("shut off");

        rows.update(row(vm).with(Snapshot.State.CREATING));
        assertThat(codeOf(() -> work.create(UUID.randomUUID(), creation(vm)))).isEqualTo(ErrorCode.SNAPSHOT_EXISTS);
        rows.update(row(vm).with(Snapshot.State.DELETING));
        reaper.reap();
        assertThat(codeOf(() -> delete(vm))).isEqualTo(ErrorCode.SNAPSHOT_UNSUPPORTED);
        assertThat(libvirt.virsh("dominfo", vm.name)).containsPattern("Managed save: +yes");

        libvirt.virsh("start", vm.name, "--paused");
        delete(vm);
        gone(vm);
    }

    @Test
    void aDiskThatWasMadeSmallerSinceIsNotGrownBackByDeletingTheSnapshot() {
        TestVm vm = vm("cut", new TestVm.Disk("vda", "qcow2", MIB), new TestVm.Disk("vdb", "qcow2", 4 * MIB))
                .start();
        vm.io(1, "write -P 0x42 3M 64k");
        work.create(UUID.randomUUID(), creation(vm));
        libvirt.virsh("blockresize", vm.name, "vdb", "2M");
        assertThatThrownBy(() -> delete(vm)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_UNSUPPORTED);
            assertThat(e.detail()).contains("from 4194304 to 2097152 bytes");
        });
        assertThat(libvirt.virsh("domblkinfo", vm.name, "vdb")).containsPattern("Capacity: +2097152");
        assertThat(api.snapshots(SOURCE, vm.id))
                .singleElement()
                .satisfies(s -> assertThat(s.partlyDeleted()).isFalse());
        libvirt.virsh("blockresize", vm.name, "vdb", "4M");
        delete(vm);
        gone(vm);
    }

    @Test
    void aVmThatRunsOnAnotherSourceIsNotWokenForASnapshot() {
        TestVm vm = withSnapshot("moved");
        libvirt.virsh("destroy", vm.name);
        try (OwnLibvirt other = OwnLibvirt.create()) {
            vm.startOn(other);
            api.addSource(new SourceSpec("elsewhere", other.uri(), null, null, null));
            assertThat(codeOf(() -> delete(vm))).isEqualTo(ErrorCode.VM_AMBIGUOUS);
            assertThat(row(vm).state()).isEqualTo(Snapshot.State.ACTIVE);
            var later = new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, "later", null, false);
            assertThat(codeOf(() -> work.create(UUID.randomUUID(), later))).isEqualTo(ErrorCode.VM_AMBIGUOUS);
            assertThat(state(vm)).isEqualTo("shut off");
            other.virsh("destroy", vm.name);
            delete(vm);
            gone(vm);
        } finally {
            api.removeSource("elsewhere", false);
        }
    }

    @Test
    void aSnapshotOfADiskThatIsNamedByPoolAndVolumeIsDeleted() {
        TestVm vm = vm("by-volume", new TestVm.Disk("vda", "qcow2", 4 * MIB))
                .byVolume("vda")
                .start();
        vm.io(0, "write -P 0x11 0 1M");
        work.create(UUID.randomUUID(), creation(vm));
        vm.io(0, "write -P 0x22 1M 1M");
        delete(vm);
        gone(vm);
        noBlockJob(vm);
        vm.io(0, "read -P 0x22 1M 1M");
    }

    @Test
    void domainsThatComeAndGoMeanwhileDisturbNobody() throws Exception {
        TestVm vm = vm("settled", new TestVm.Disk("vda", "qcow2", MIB)).start();
        TestVm passing = vm("passing", new TestVm.Disk("vda", "qcow2", MIB));
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger passed = new AtomicInteger();
        Thread passers = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                passing.remove();
                libvirt.virsh("define", libvirt.home.resolve("passing.xml").toString());
                passed.incrementAndGet();
            }
        });
        try {
            int seen = 0;
            while (seen < 10) {
                int before = passed.get();
                work.create(UUID.randomUUID(), creation(vm));
                delete(vm);
                assertThat(api.leftovers()).isEmpty();
                seen += passed.get() > before ? 1 : 0;
            }
        } finally {
            over.set(true);
            passers.join();
        }
        gone(vm);
    }

    @Test
    void anOverlayIsFoundAgainWhenItsDiskHasAnotherName() {
        TestVm vm = withSnapshot("renamed");
        Path before = vm.copy("vda", "before");
        libvirt.virsh("destroy", vm.name);
        Path xml = libvirt.home.resolve("renamed.xml");
        TestFiles.write(
                xml,
                libvirt.virsh("dumpxml", "--inactive", vm.name)
                        .replace("dev='vda'", "dev='vdz'")
                        .replaceAll("<address type='pci'[^>]*/>", ""));
        libvirt.virsh("define", xml.toString());
        delete(vm);
        gone(vm);
        same(vm.copy("vdz", "after"), before);
        assertThat(state(vm)).isEqualTo("shut off");
    }

    @Test
    void anOverlayThatSomebodyDetachedIsNotRemoved() {
        TestVm vm = withSnapshot("detached");
        TestVm other = vm("adopter", new TestVm.Disk("vda", "qcow2", MIB));
        libvirt.virsh("destroy", vm.name);
        Path overlay = Path.of(row(vm).overlays().get(1).path());
        libvirt.virsh("detach-disk", vm.name, "vdb", "--config");
        attach(other, overlay, "vdc");
        assertThat(codeOf(() -> delete(vm))).isEqualTo(ErrorCode.SNAPSHOT_UNSUPPORTED);
        assertThat(overlay).exists();
        libvirt.virsh("detach-disk", other.name, "vdc", "--config");
        assertThat(codeOf(() -> delete(vm))).isEqualTo(ErrorCode.SNAPSHOT_UNSUPPORTED);
        assertThat(overlay).exists();
        assertThat(row(vm).state()).isEqualTo(Snapshot.State.PARTLY_DELETED);
        assertThat(row(vm).overlays()).hasSize(1);
        attach(vm, overlay, "vdb");
        delete(vm);
        assertThat(overlay).doesNotExist();
        gone(vm);
    }

    private void attach(TestVm to, Path file, String key) {
        libvirt.virsh(
                "attach-disk", to.name, file.toString(), key, "--config", "--driver", "qemu", "--subdriver", "qcow2");
    }
}
