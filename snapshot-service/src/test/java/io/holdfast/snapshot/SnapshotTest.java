package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.SnapshotWork;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Woken;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Making and deleting snapshots, cut off and hindered in every way. */
@QuarkusTest
class SnapshotTest extends Suite {

    private static final String NAME = "before";

    @Inject
    SnapshotWork work;

    @Inject
    Rows.SnapshotRows rows;

    @Inject
    Rows.WokenVms woken;

    @Inject
    Rows.Sources sources;

    private final Snapshots.Watch quiet = new IncrementalViewTest.Quiet();

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

    private static JobSpec.SnapshotCreate creation(TestVm vm) {
        return new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, NAME, null, false);
    }

    private static JobSpec.SnapshotDelete deletion(TestVm vm) {
        return new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, NAME);
    }

    private void delete(TestVm vm) {
        work.delete(UUID.randomUUID(), deletion(vm), quiet);
    }

    /** A VM that runs, paused, with a snapshot and writes after it. */
    private TestVm withSnapshot(String name) {
        TestVm vm = vm(name, new TestVm.Disk("vda", "qcow2", 4 * MIB), new TestVm.Disk("vdb", "qcow2", MIB))
                .start();
        vm.io(0, "write -P 0x11 0 4M");
        work.create(UUID.randomUUID(), creation(vm));
        vm.io(0, "write -P 0x22 1M 1M");
        vm.io(1, "write -P 0x33 0 64k");
        return vm;
    }

    private Snapshot row(TestVm vm) {
        return rows.ofVm(source(), vm.id).getFirst();
    }

    private UUID source() {
        return sources.byName(SOURCE).orElseThrow().id();
    }

    private String state(TestVm vm) {
        return libvirt.virsh("domstate", vm.name).strip();
    }

    private void noBlockJob(TestVm vm) {
        assertThat(libvirt.virsh("blockjob", vm.name, "vda")).doesNotContain("Commit");
        assertThat(libvirt.virsh("dumpxml", vm.name)).doesNotContain("<mirror");
    }

    private void gone(TestVm vm) {
        assertThat(api.snapshots(SOURCE, vm.id)).isEmpty();
        assertThat(woken.of(source(), vm.id)).isEmpty();
        assertThat(libvirt.virsh("dumpxml", "--inactive", vm.name)).doesNotContain("holdfast.snapshot");
    }

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
        TestVm vm = vm("cut", new TestVm.Disk("vda", "qcow2", 4 * MIB)).start();
        vm.io(0, "write -P 0x42 3M 64k");
        work.create(UUID.randomUUID(), creation(vm));
        libvirt.virsh("blockresize", vm.name, "vda", "2M");
        assertThatThrownBy(() -> delete(vm)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_UNSUPPORTED);
            assertThat(e.detail()).contains("from 4194304 to 2097152 bytes");
        });
        assertThat(libvirt.virsh("domblkinfo", vm.name, "vda")).containsPattern("Capacity: +2097152");
        assertThat(api.snapshots(SOURCE, vm.id))
                .singleElement()
                .satisfies(s -> assertThat(s.partlyDeleted()).isFalse());
        libvirt.virsh("blockresize", vm.name, "vda", "4M");
        delete(vm);
        gone(vm);
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
