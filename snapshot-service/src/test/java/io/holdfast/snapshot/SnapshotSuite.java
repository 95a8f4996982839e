package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.job.JobSpec;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.SnapshotWork;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.domain.Snapshot;
import jakarta.inject.Inject;
import java.util.UUID;

/** What tests of snapshots share: one snapshot, its wishes and its row. */
abstract class SnapshotSuite extends Suite {

    static final String NAME = "before";

    @Inject
    SnapshotWork work;

    @Inject
    Rows.SnapshotRows rows;

    @Inject
    Rows.WokenVms woken;

    @Inject
    Rows.Sources sources;

    final Snapshots.Watch quiet = new IncrementalViewTest.Quiet();

    static JobSpec.SnapshotCreate creation(TestVm vm) {
        return new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, NAME, null, false);
    }

    static JobSpec.SnapshotDelete deletion(TestVm vm) {
        return new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, NAME);
    }

    void delete(TestVm vm) {
        work.delete(UUID.randomUUID(), deletion(vm), quiet);
    }

    /** A VM that runs, paused, with a snapshot and writes after it. */
    TestVm withSnapshot(String name) {
        TestVm vm = vm(name, new TestVm.Disk("vda", "qcow2", 4 * MIB), new TestVm.Disk("vdb", "qcow2", MIB))
                .start();
        vm.io(0, "write -P 0x11 0 4M");
        work.create(UUID.randomUUID(), creation(vm));
        vm.io(0, "write -P 0x22 1M 1M");
        vm.io(1, "write -P 0x33 0 64k");
        return vm;
    }

    Snapshot row(TestVm vm) {
        return rows.ofVm(source(), vm.id).getFirst();
    }

    UUID source() {
        return sources.byName(SOURCE).orElseThrow().id();
    }

    String state(TestVm vm) {
        return libvirt.virsh("domstate", vm.name).strip();
    }

    void noBlockJob(TestVm vm) {
        assertThat(libvirt.virsh("blockjob", vm.name, "vda")).doesNotContain("Commit");
        assertThat(libvirt.virsh("dumpxml", vm.name)).doesNotContain("<mirror");
    }

    void gone(TestVm vm) {
        assertThat(api.snapshots(SOURCE, vm.id)).isEmpty();
        assertThat(woken.of(source(), vm.id)).isEmpty();
        assertThat(libvirt.virsh("dumpxml", "--inactive", vm.name)).doesNotContain("holdfast.snapshot");
    }
}
