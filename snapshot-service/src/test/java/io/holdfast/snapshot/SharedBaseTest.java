package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.SnapshotWork;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A snapshot is not deleted into a file that somebody else lies upon. */
@QuarkusTest
class SharedBaseTest extends Suite {

    private static final String NAME = "before";

    @Inject
    SnapshotWork work;

    private TestVm withSnapshot(String name) {
        TestVm vm = vm(name, new TestVm.Disk("vda", "qcow2", 4 * MIB), new TestVm.Disk("vdb", "raw", MIB))
                .start();
        vm.io(0, "write -P 0x11 0 4M");
        work.create(UUID.randomUUID(), new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, NAME, null, false));
        vm.io(0, "write -P 0x22 1M 1M");
        return vm;
    }

    private void delete(TestVm vm) {
        work.delete(
                UUID.randomUUID(),
                new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, NAME),
                new IncrementalViewTest.Quiet());
    }

    /** Says who, and changes nothing. */
    private void refused(TestVm vm, String who) {
        Path before = vm.copy("vda", "refused");
        assertThat(catchThrowable(() -> delete(vm))).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_IN_USE);
            assertThat(e.detail()).contains(who);
        });
        assertThat(api.snapshots(SOURCE, vm.id)).singleElement().satisfies(s -> {
            assertThat(s.name()).isEqualTo(NAME);
            assertThat(s.partlyDeleted()).isFalse();
        });
        same(vm.copy("vda", "still"), before);
    }

    private void deleted(TestVm vm) {
        Path before = vm.copy("vda", "whole");
        delete(vm);
        assertThat(api.snapshots(SOURCE, vm.id)).isEmpty();
        same(vm.copy("vda", "deleted"), before);
    }

    private static void overlay(Path file, Path base) {
        Shell.run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base.toString(), file.toString());
    }

    @Test
    void aLinkedCloneOfTheFrozenFileKeepsTheSnapshotFromBeingDeleted() throws IOException {
        TestVm vm = withSnapshot("owner");
        TestVm clone = vm("linked", new TestVm.Disk("vda", "qcow2", 4 * MIB));
        overlay(clone.file("vda", "qcow2"), vm.file("vda", "qcow2"));
        Path frozen = clone.copy("vda", "frozen");
        refused(vm, "VM linked");
        libvirt.virsh("destroy", vm.name);
        refused(vm, "VM linked");
        assertThat(libvirt.virsh("domstate", vm.name)).contains("shut off");
        same(clone.copy("vda", "later"), frozen);
        clone.remove();
        refused(vm, clone.file("vda", "qcow2").toString());
        Files.delete(clone.file("vda", "qcow2"));
        deleted(vm);
    }

    @Test
    void aVmThatUsesTheFrozenFileItselfKeepsTheSnapshotFromBeingDeleted() {
        TestVm vm = withSnapshot("lender");
        TestVm other = vm("borrower", new TestVm.Disk("vda", "qcow2", MIB));
        libvirt.virsh(
                "attach-disk",
                other.name,
                vm.file("vdb", "raw").toString(),
                "vdb",
                "--config",
                "--driver",
                "qemu",
                "--subdriver",
                "raw");
        refused(vm, "VM borrower");
        other.remove();
        deleted(vm);
    }

    @Test
    void aVmWhoseChainCannotBeLookedUpKeepsTheSnapshotFromBeingDeletedUntilItRuns() {
        TestVm vm = withSnapshot("careful");
        TestVm hidden = vm("hidden", new TestVm.Disk("vda", "qcow2", 4 * MIB));
        Path outside = hidden.moveOut("vda");
        refused(vm, "VM hidden");
        overlay(outside, vm.file("vda", "qcow2"));
        refused(vm, outside.toString());
        Shell.run("qemu-img", "create", "-q", "-f", "qcow2", outside.toString(), "4M");
        hidden.start();
        deleted(vm);
    }

    @Test
    void aGuestsBytesThatLookLikeAnImageOnOurFileHinderNobody() {
        TestVm vm = withSnapshot("honest");
        TestVm forger = vm("forger", new TestVm.Disk("vda", "raw", MIB));
        overlay(forger.file("vda", "raw"), vm.file("vda", "qcow2"));
        deleted(vm);
    }
}
