package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.view.SettleView;
import io.holdfast.snapshot.app.SnapshotWork;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class InPlaceTest extends TargetSuite {

    @Inject
    SnapshotWork snapshotWork;

    @Test
    void inPlaceSwitchesAVmToTheRestoredDisksAndRemovesTheOldOnes() {
        TestVm original = original().start();
        UUID base = committed(original, vault, List.of());
        Path vda = content(4 * MIB, "0x41");
        Path vdb = content(ODD, "0x42");
        List<String> old = files(original.name);
        api.openTarget(request(original, null, original.id));
        assertThat(fill(vda, vdb).state()).isEqualTo(TargetInfo.State.FILLED);
        assertThat(api.finishTarget(job, new FinishTarget(1, false)).vmId()).isEqualTo(original.id);
        List<String> now = files(original.name);
        assertThat(now).doesNotContainAnyElementsOf(old);
        holds(now.get(0), vda, libvirt.home.resolve("ia-" + job));
        holds(now.get(1), vdb, libvirt.home.resolve("ib-" + job));
        assertThat(old).noneMatch(f -> Files.exists(Path.of(f)));
        original.start();
        var view = api.openView(request(original, UUID.randomUUID(), UUID.randomUUID(), List.of(base)));
        assertThat(disk(view, "vda").fullReason()).contains("no checkpoint");
    }

    private TargetInfo restored(TestVm vm, boolean start) {
        api.openTarget(request(vm, null, vm.id));
        assertThat(fill(content(4 * MIB, "0x43"), content(ODD, "0x44")).state()).isEqualTo(TargetInfo.State.FILLED);
        return api.finishTarget(job, new FinishTarget(1, start));
    }

    private void overlay(Path file, Path base) {
        Shell.run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base.toString(), file.toString());
    }

    @Test
    void aTemplateThatAnotherVmSharesStaysWhenALinkedCloneIsReplaced() throws IOException {
        TestVm clone = original();
        TestVm sibling = vm("s" + clone.name, new TestVm.Disk("vda", "qcow2", 4 * MIB));
        Path template = libvirt.pool.resolve("template-" + job + ".qcow2");
        Files.move(clone.file("vda", "qcow2"), template);
        overlay(clone.file("vda", "qcow2"), template);
        overlay(sibling.file("vda", "qcow2"), template);
        // Running: libvirt shows the whole chain.
        clone.start();
        TargetInfo done = restored(clone, false);
        assertThat(clone.file("vda", "qcow2")).doesNotExist();
        assertThat(template).exists();
        assertThat(done.notes()).anyMatch(n -> n.contains(template.toString()));
        sibling.start();
    }

    @Test
    void aDiskThatIsAnotherVmsTemplateIsReplacedButNotRemoved() {
        TestVm owner = original();
        TestVm clone = vm("c" + owner.name, new TestVm.Disk("vda", "qcow2", 4 * MIB));
        overlay(clone.file("vda", "qcow2"), owner.file("vda", "qcow2"));
        TargetInfo done = restored(owner, false);
        assertThat(files(owner.name)).doesNotContain(owner.file("vda", "qcow2").toString());
        assertThat(owner.file("vda", "qcow2")).exists();
        assertThat(done.notes())
                .anyMatch(n -> n.contains(owner.file("vda", "qcow2").toString()));
        assertThat(owner.file("vdb", "raw")).doesNotExist();
        clone.start();
    }

    @Test
    void aVmThatIsOffAndWhoseDiskIsInNoPoolMayLieUponAnyReplacedFileSoThatAllStay() {
        TestVm owner = original();
        TestVm clone = vm("p" + owner.name, new TestVm.Disk("vda", "qcow2", 4 * MIB));
        Path outside = clone.moveOut("vda");
        overlay(outside, owner.file("vda", "qcow2"));
        TargetInfo done = restored(owner, false);
        assertThat(owner.file("vda", "qcow2")).exists();
        assertThat(owner.file("vdb", "raw")).exists();
        assertThat(done.notes())
                .anyMatch(n -> n.contains("VM " + clone.name)
                        && n.contains(outside.toString())
                        && n.contains(owner.file("vda", "qcow2").toString())
                        && n.contains(owner.file("vdb", "raw").toString()));
        clone.start();
    }

    @Test
    void aVmThatRunsShowsWhatItsDiskOutsideOfAllPoolsLiesUpon() {
        TestVm owner = original();
        TestVm clone = vm("r" + owner.name, new TestVm.Disk("vda", "qcow2", 4 * MIB));
        overlay(clone.moveOut("vda"), owner.file("vda", "qcow2"));
        clone.start();
        restored(owner, false);
        assertThat(owner.file("vda", "qcow2")).exists();
        assertThat(owner.file("vdb", "raw")).doesNotExist();
    }

    @Test
    void aVolumeThatNoVmUsesYetKeepsTheFileItLiesUpon() throws IOException {
        TestVm owner = original();
        Path derived = libvirt.pool.resolve("derived-" + job + ".qcow2");
        overlay(derived, owner.file("vda", "qcow2"));
        TargetInfo done = restored(owner, false);
        assertThat(owner.file("vda", "qcow2")).exists();
        assertThat(done.notes()).anyMatch(n -> n.contains("another volume lies upon it"));
        Files.delete(derived);
    }

    @Test
    void overlaysOfOwnSnapshotsAndWhatTheyLieOnGoWithAWholeRestore() {
        TestVm vm = original().start();
        snapshotWork.create(
                UUID.randomUUID(), new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, "before", null, false));
        List<String> overlays = files(vm.name);
        restored(vm, false);
        assertThat(overlays).noneMatch(f -> Files.exists(Path.of(f)));
        assertThat(vm.file("vda", "qcow2")).doesNotExist();
        assertThat(vm.file("vdb", "raw")).doesNotExist();
        assertThat(api.snapshots(SOURCE, vm.id)).isEmpty();
        assertThat(api.target(job).notes())
                .anyMatch(note -> note.contains("Snapshots") && note.contains(": before."))
                .anyMatch(note -> note.contains("switched off"));
        vm.start();
    }

    @Test
    void oneDiskOfAVmWithSnapshotsIsNotReplacedAndNothingChanges() {
        TestVm vm = original().start();
        snapshotWork.create(
                UUID.randomUUID(), new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, "before", null, false));
        assertThat(codeOf(() -> api.openTarget(request(vm, null, vm.id, VDA)))).isEqualTo(ErrorCode.VM_HAS_SNAPSHOTS);
        assertThat(codeOf(() -> api.target(job))).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("paused");
        snapshotWork.delete(
                UUID.randomUUID(),
                new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, "before"),
                new IncrementalViewTest.Quiet());
    }

    @Test
    void aSnapshotMadeWhileOneDiskIsFilledKeepsTheSwitchFromHappening() {
        TestVm vm = original().start();
        api.openTarget(request(vm, null, vm.id, VDA));
        fill(Map.of("vda", content(4 * MIB, "0x45")));
        libvirt.virsh("snapshot-create-as", vm.name, "byhand", "--disk-only");
        assertThat(codeOf(() -> api.finishTarget(job, new FinishTarget(1, false))))
                .isEqualTo(ErrorCode.VM_HAS_SNAPSHOTS);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("paused");
        libvirt.virsh("snapshot-delete", vm.name, "byhand", "--metadata");
    }

    @Test
    void disksThatAreNotReplacedStayIncremental() {
        TestVm vm = vm(
                        "k" + job.toString().substring(0, 8),
                        new TestVm.Disk("vda", "qcow2", 4 * MIB),
                        new TestVm.Disk("vdb", "qcow2", 4 * MIB))
                .start();
        UUID base = committed(vm, vault, List.of());
        vm.io(1, "write -P 0x46 1M 64k");
        Path kept = vm.copy("vdb", "kept");
        api.openTarget(request(vm, null, vm.id, VDA));
        fill(Map.of("vda", content(4 * MIB, "0x47")));
        api.finishTarget(job, new FinishTarget(1, false));
        assertThat(vm.file("vda", "qcow2")).doesNotExist();
        vm.start();
        same(vm.copy("vdb", "after"), kept);
        UUID backup = UUID.randomUUID();
        UUID point = UUID.randomUUID();
        var view = api.openView(request(vm, backup, point, List.of(base)));
        assertThat(disk(view, "vda").fullReason()).contains("restored");
        assertThat(disk(view, "vdb").base()).isEqualTo(base);
        api.settleView(new SettleView(backup, "committed", view.moment()));
        UUID backup2 = UUID.randomUUID();
        var next = api.openView(request(vm, backup2, UUID.randomUUID(), List.of(point)));
        assertThat(next.disks()).allMatch(d -> point.equals(d.base()));
        api.settleView(new SettleView(backup2, "committed", next.moment()));
        // The oldest checkpoint went: with its bitmap on the disk that stayed.
        assertThat(libvirt.virsh("checkpoint-list", vm.name)).doesNotContain(base.toString());
        assertThat(libvirt.virsh("qemu-monitor-command", vm.name, "{\"execute\":\"query-named-block-nodes\"}"))
                .contains(point.toString())
                .doesNotContain(base.toString());
    }

    @Test
    void aSavedStateOfTheOldDisksIsNeverResumed() {
        TestVm vm = original().start();
        libvirt.virsh("managedsave", vm.name);
        List<String> old = files(vm.name);
        TargetInfo done = restored(vm, true);
        assertThat(done.notes()).noneMatch(n -> n.contains("did not start"));
        assertThat(libvirt.virsh("domstate", vm.name)).contains("running");
        assertThat(files(vm.name)).doesNotContainAnyElementsOf(old);
        assertThat(old).noneMatch(f -> Files.exists(Path.of(f)));
    }

    @Test
    void aVmThatDoesNotStartKeepsItsOldDisksAndSaysTheirNames() {
        TestVm vm = original();
        vm.attach("<interface type='network'><source network='nonet'/></interface>", "--config");
        List<String> old = files(vm.name);
        TargetInfo done = restored(vm, true);
        assertThat(done.state()).isEqualTo(TargetInfo.State.FINISHED);
        assertThat(done.notes()).anyMatch(n -> n.contains("did not start"));
        assertThat(done.notes()).anyMatch(n -> old.stream().allMatch(n::contains));
        assertThat(old).allMatch(f -> Files.exists(Path.of(f)));
        assertThat(files(vm.name)).doesNotContainAnyElementsOf(old);
        reaper.reconcile();
        assertThat(old).allMatch(f -> Files.exists(Path.of(f)));
    }

    @Test
    void aRestartRemovesWhatAFinishedRestoreReplacedAndNeverWhatAVmUses() {
        TestVm vm = original();
        List<String> now = restoredFiles(vm);
        Path old = libvirt.pool.resolve("old-" + job + ".raw");
        Shell.run("truncate", "-s", "1M", old.toString());
        targets.change(job, t -> t.replacing(List.of(old.toString(), now.getFirst()), true, List.of()));
        reaper.reconcile();
        assertThat(old).doesNotExist();
        assertThat(now).allMatch(f -> Files.exists(Path.of(f)));
        assertThat(targets.byJob(job).orElseThrow().oldPaths()).isEmpty();
        assertThat(api.target(job).notes()).anyMatch(n -> n.contains(now.getFirst()) && n.contains("a VM uses it"));
    }

    private List<String> restoredFiles(TestVm vm) {
        restored(vm, false);
        return files(vm.name);
    }

    @Test
    void anAbortAfterTheSwitchGoesForwardBecauseTheVmLivesOnTheNewDisks() {
        TestVm vm = original().start();
        List<String> old = files(vm.name);
        api.openTarget(request(vm, null, vm.id));
        fill(content(4 * MIB, "0x48"), content(ODD, "0x49"));
        targets.change(job, t -> t.replacing(old, true, List.of()).beginFinish(false));
        libvirt.virsh("destroy", vm.name);
        switchByHand(vm, old);
        api.abortTarget(job, new AbortTarget(1));
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.FINISHED);
        assertThat(old).noneMatch(f -> Files.exists(Path.of(f)));
        assertThat(files(vm.name)).allMatch(f -> Files.exists(Path.of(f)));
    }

    /** What the service had done when it died. */
    private void switchByHand(TestVm vm, List<String> old) {
        String xml = libvirt.virsh("dumpxml", vm.name, "--inactive");
        var disks = targets.byJob(job).orElseThrow().disks();
        for (int i = 0; i < old.size(); i++) {
            xml = xml.replace(old.get(i), disks.get(i).volume().path());
        }
        Path file = libvirt.home.resolve("switch-" + job + ".xml");
        TestFiles.write(file, xml.replace("type='raw'", "type='qcow2'"));
        libvirt.virsh("define", file.toString());
    }

    @Test
    void aDiskOutsideOfAnyPoolIsReplacedAndSaidToBeLeft() {
        TestVm vm = original();
        Path outside = vm.moveOut("vda");
        TargetInfo done = restored(vm, false);
        assertThat(done.state()).isEqualTo(TargetInfo.State.FINISHED);
        assertThat(outside).exists();
        assertThat(done.notes()).anyMatch(n -> n.contains(outside.toString()));
    }

    @Test
    void aDiskThatNamesPoolAndVolumeIsReplacedAndRemoved() {
        TestVm vm = original();
        Path file = vm.file("vda", "qcow2");
        vm.byVolume("vda");
        restored(vm, false);
        assertThat(file).doesNotExist();
        vm.start();
    }

    /** In no point, it could not be brought back. */
    @Test
    void aFileThatTookADisksNameSinceThePointStays() {
        TestVm vm = original();
        OpenTarget point = request(vm, null, vm.id);
        Path archive = libvirt.pool.resolve("archive-" + job + ".qcow2");
        Shell.run("qemu-img", "create", "-q", "-f", "qcow2", archive.toString(), Long.toString(4 * MIB));
        vm.redefine(xml -> xml.replace(vm.file("vda", "qcow2").toString(), archive.toString()));
        libvirt.virsh("pool-refresh", "default");
        api.openTarget(point);
        assertThat(fill(content(4 * MIB, "0x43"), content(ODD, "0x44")).state()).isEqualTo(TargetInfo.State.FILLED);
        TargetInfo done = api.finishTarget(job, new FinishTarget(1, false));
        assertThat(archive).exists();
        assertThat(done.notes()).anyMatch(n -> n.contains(archive.toString()) && n.contains("not the disk"));
        assertThat(vm.file("vdb", "raw")).as("the disk of the point").doesNotExist();
        vm.start();
    }

    @Test
    void disksThatChangedPlacesSinceThePointStayBothWhenOneIsRestored() {
        TestVm vm = vm(
                "o" + job.toString().substring(0, 8),
                new TestVm.Disk("vda", "qcow2", 4 * MIB),
                new TestVm.Disk("vdb", "qcow2", 4 * MIB));
        OpenTarget point = request(vm, null, vm.id, VDA);
        String a = vm.file("vda", "qcow2").toString();
        String b = vm.file("vdb", "qcow2").toString();
        vm.redefine(xml -> xml.replace(a, "@").replace(b, a).replace("@", b));
        api.openTarget(point);
        assertThat(fill(Map.of("vda", content(4 * MIB, "0x43"))).state()).isEqualTo(TargetInfo.State.FILLED);
        TargetInfo done = api.finishTarget(job, new FinishTarget(1, false));
        assertThat(Path.of(a)).exists();
        assertThat(Path.of(b)).exists();
        assertThat(done.notes()).anyMatch(n -> n.contains(b) && n.contains("not the disk"));
    }

    @Test
    void aConsolesPasswordStaysInTheDefinition() {
        TestVm vm = original();
        vm.redefine(xml -> xml.replace("</devices>", "<graphics type='vnc' passwd='hunter22'/></devices>"));
        restored(vm, false);
        assertThat(libvirt.virsh("dumpxml", "--inactive", "--security-info", vm.name))
                .contains("passwd='hunter22'");
    }

    /** The template's owner knows it by one name, the clone by a link to it. */
    @Test
    void aFileThatAnotherVmUsesUnderAnotherNameStays() throws IOException {
        TestVm owner = original();
        Path file = owner.file("vda", "qcow2");
        Path alias = Files.createSymbolicLink(libvirt.home.resolve("alias-" + job + ".qcow2"), file);
        TestVm user = vm("u" + owner.name, new TestVm.Disk("vda", "qcow2", 4 * MIB));
        user.redefine(xml -> xml.replace(user.file("vda", "qcow2").toString(), alias.toString())
                .replace("type='qcow2'", "type='raw'"));
        TargetInfo done = restored(owner, false);
        assertThat(file).exists();
        assertThat(done.notes()).anyMatch(n -> n.contains(file.toString()) && n.contains("a VM uses it"));
    }
}
