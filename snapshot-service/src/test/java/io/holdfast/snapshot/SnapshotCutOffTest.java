package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Woken;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Making and deleting snapshots, cut off: by a cancel, a VM that goes, a service that dies, an attempt that comes again. */
@QuarkusTest
class SnapshotCutOffTest extends SnapshotSuite {

    /** What a cancel does to an attempt: it is asked to stop and its thread is interrupted. */
    private static final class Cancelling implements Snapshots.Watch {
        private boolean asked;

        @Override
        public void at(long doneBytes, long totalBytes) {
            asked = true;
            Thread.currentThread().interrupt();
        }

        @Override
        public boolean cancelled() {
            return asked;
        }
    }

    @Test
    void aLaterAttemptKnowsTheEarlierOnesSuccessAsItsOwn() {
        TestVm vm = vm("again", new TestVm.Disk("vda", "qcow2", MIB)).start();
        UUID creator = UUID.randomUUID();
        UUID made = work.create(creator, creation(vm)).id();
        assertThat(work.create(creator, creation(vm)).id()).isEqualTo(made);
        assertThat(codeOf(() -> work.create(UUID.randomUUID(), creation(vm)))).isEqualTo(ErrorCode.SNAPSHOT_EXISTS);
        UUID remover = UUID.randomUUID();
        work.delete(remover, deletion(vm), quiet);
        work.delete(remover, deletion(vm), quiet);
        assertThat(codeOf(() -> delete(vm))).isEqualTo(ErrorCode.SNAPSHOT_NOT_FOUND);
        gone(vm);
    }

    @Test
    void anIntentIsAskedOfTheHypervisorAndNotForgottenTooEarly() {
        TestVm vm = vm("intent", new TestVm.Disk("vda", "qcow2", MIB)).start();
        UUID creator = UUID.randomUUID();
        Snapshot made = work.create(creator, creation(vm));
        rows.update(made.with(Snapshot.State.CREATING));
        assertThat(api.snapshots(SOURCE, vm.id)).isEmpty();
        assertThat(work.create(creator, creation(vm)).id()).isEqualTo(made.id());
        assertThat(row(vm).state()).isEqualTo(Snapshot.State.ACTIVE);
        delete(vm);

        rows.insert(intent(made, Instant.now()));
        reaper.reap();
        assertThat(row(vm).state()).isEqualTo(Snapshot.State.CREATING);
        assertThat(codeOf(() -> delete(vm))).isEqualTo(ErrorCode.VM_BUSY);
        rows.remove(row(vm).id());
        rows.insert(intent(made, Instant.now().minus(Duration.ofHours(1))));
        reaper.reap();
        assertThat(rows.ofVm(source(), vm.id)).isEmpty();
    }

    private static Snapshot intent(Snapshot like, Instant at) {
        UUID id = UUID.randomUUID();
        String path = like.overlays().getFirst().path() + "." + id;
        return new Snapshot(
                id,
                UUID.randomUUID(),
                like.source(),
                like.vm(),
                NAME,
                null,
                null,
                Snapshot.State.CREATING,
                "paused",
                "crash",
                List.of(new Snapshot.Overlay("vda", path)),
                at);
    }

    @Test
    void aCancelledDeletionLeavesTheVmsContentsAndSaysThatTheSnapshotCanOnlyBeDeleted() {
        TestVm vm = withSnapshot("cancelled");
        Path before = vm.copy("vda", "before");
        assertThat(codeOf(() -> work.delete(UUID.randomUUID(), deletion(vm), new Cancelling())))
                .isEqualTo(ErrorCode.JOB_CANCELLED);
        assertThat(Thread.interrupted()).isTrue();
        noBlockJob(vm);
        assertThat(row(vm).state()).isEqualTo(Snapshot.State.PARTLY_DELETED);
        assertThat(api.snapshots(SOURCE, vm.id)).singleElement().matches(SnapshotInfo::partlyDeleted);
        assertThat(row(vm).overlays()).hasSize(2).allMatch(o -> Files.exists(Path.of(o.path())));
        reaper.reap();
        assertThat(row(vm).state()).isEqualTo(Snapshot.State.PARTLY_DELETED);
        same(vm.copy("vda", "after"), before);
        delete(vm);
        same(vm.copy("vda", "end"), before);
        gone(vm);
    }

    @Test
    void aDeletionThatIsCancelledBeforeAnythingIsWrittenLeavesTheSnapshotAsItWas() {
        TestVm vm = withSnapshot("unbegun");
        Cancelling asked = new Cancelling();
        asked.asked = true;
        assertThat(codeOf(() -> work.delete(UUID.randomUUID(), deletion(vm), asked)))
                .isEqualTo(ErrorCode.JOB_CANCELLED);
        assertThat(row(vm).state()).isEqualTo(Snapshot.State.ACTIVE);
        assertThat(api.snapshots(SOURCE, vm.id)).singleElement().matches(s -> !s.partlyDeleted());
        delete(vm);
        gone(vm);
    }

    @Test
    void aCancelledDeletionStopsTheVmThatItStarted() {
        TestVm vm = withSnapshot("cancelled-off");
        Path before = vm.copy("vda", "before");
        libvirt.virsh("destroy", vm.name);
        assertThat(codeOf(() -> work.delete(UUID.randomUUID(), deletion(vm), new Cancelling())))
                .isEqualTo(ErrorCode.JOB_CANCELLED);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(state(vm)).isEqualTo("shut off");
        assertThat(woken.of(source(), vm.id)).isEmpty();
        delete(vm);
        same(vm.copy("vda", "end"), before);
        assertThat(state(vm)).isEqualTo("shut off");
        gone(vm);
    }

    @Test
    void aVmThatIsSwitchedOffMeanwhileKeepsEveryLayer() {
        TestVm vm = withSnapshot("switched-off");
        work.create(UUID.randomUUID(), new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, "later", null, false));
        vm.io(0, "write -P 0x44 2M 64k");
        Path before = vm.copy("vda", "before");
        List<Snapshot.Overlay> layers = row(vm).overlays();
        libvirt.virsh(
                "blockcommit", vm.name, "vda", "--top", layers.getFirst().path(), "--base", base(vm), "--bytes", "1");
        Snapshots.Watch switchingOff = new Snapshots.Watch() {
            @Override
            public void at(long doneBytes, long totalBytes) {
                libvirt.virsh("destroy", vm.name);
            }

            @Override
            public boolean cancelled() {
                return false;
            }
        };
        assertThat(codeOf(() -> work.delete(UUID.randomUUID(), deletion(vm), switchingOff)))
                .isEqualTo(ErrorCode.VM_BUSY);
        assertThat(layers).allMatch(o -> Files.exists(Path.of(o.path())));
        same(vm.copy("vda", "after"), before);
        delete(vm);
        same(vm.copy("vda", "end"), before);
    }

    private static String base(TestVm vm) {
        return vm.file("vda", "qcow2").toString();
    }

    @Test
    void whatADeadServiceLeftIsPutInOrder() {
        TestVm vm = withSnapshot("dead");
        Path before = vm.copy("vda", "before");
        libvirt.virsh("blockcommit", vm.name, "vda", "--active", "--shallow", "--bytes", "1024");
        woken.put(new Woken(source(), vm.id, run(vm) + 1));
        assertThat(api.leftovers())
                .anyMatch(l -> l.contains("block job on disk vda of dead"))
                .anyMatch(l -> l.contains("was started, paused, for a snapshot"));
        rows.update(row(vm).with(Snapshot.State.PARTLY_DELETED));
        reaper.reap();
        noBlockJob(vm);
        assertThat(row(vm).state()).isEqualTo(Snapshot.State.PARTLY_DELETED);

        libvirt.virsh("destroy", vm.name);
        vm.start();
        woken.put(new Woken(source(), vm.id, run(vm)));
        libvirt.virsh("blockcommit", vm.name, "vda", "--active", "--shallow", "--bytes", "1024");
        rows.update(row(vm).with(Snapshot.State.PARTLY_DELETED));
        reaper.reap();
        assertThat(state(vm)).isEqualTo("shut off");
        assertThat(woken.of(source(), vm.id)).isEmpty();
        delete(vm);
        same(vm.copy("vda", "end"), before);
        gone(vm);
    }

    private int run(TestVm vm) {
        return Integer.parseInt(libvirt.virsh("domid", vm.name).strip());
    }

    @Test
    void onlyTheVeryRunThatWasBegunForASnapshotIsStopped() {
        TestVm vm = vm("theirs", new TestVm.Disk("vda", "qcow2", MIB)).start();
        woken.put(new Woken(source(), vm.id, run(vm) + 1));
        reaper.reap();
        assertThat(state(vm)).isEqualTo("paused");
        assertThat(woken.of(source(), vm.id)).isEmpty();

        woken.put(new Woken(source(), vm.id, null));
        reaper.reap();
        assertThat(state(vm)).isEqualTo("shut off");

        vm.start();
        vm.runAndSuspend();
        woken.put(new Woken(source(), vm.id, null));
        reaper.reap();
        assertThat(state(vm)).isEqualTo("paused");
    }
}
