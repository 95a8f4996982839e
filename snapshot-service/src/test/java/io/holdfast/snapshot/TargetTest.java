package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.view.SettleView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.snapshot.app.Pause;
import io.holdfast.snapshot.app.Puller;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.TargetEnd;
import io.holdfast.snapshot.app.TargetOperations;
import io.holdfast.snapshot.domain.Target;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TargetTest extends TargetSuite {

    @Inject
    TargetEnd targetEnd;

    @Inject
    TargetOperations operations;

    @Inject
    Pause pause;

    @Inject
    EntityManager em;

    @Test
    void aServedPointBecomesANewVmByteForByteAlsoOddSizes() {
        TestVm original = original();
        Path vda = content(4 * MIB, "0x21");
        Path vdb = content(ODD, "0x22");
        String name = "n" + original.name;
        made.add(name);
        assertThat(api.openTarget(request(original, name, null)).state()).isEqualTo(TargetInfo.State.PREPARED);
        TargetInfo filled = fill(vda, vdb);
        assertThat(filled.state()).as(filled.detail()).isEqualTo(TargetInfo.State.FILLED);
        assertThat(filled.disks()).allMatch(d -> d.filled() && d.doneBytes() == d.totalBytes());
        TargetInfo done = api.finishTarget(job, new FinishTarget(1, false));
        assertThat(api.finishTarget(job, new FinishTarget(1, false)).vmId()).isEqualTo(done.vmId());
        String definition = libvirt.virsh("dumpxml", name);
        assertThat(definition).doesNotContain(original.id).doesNotContain(".console");
        List<String> files = files(name);
        holds(files.get(0), vda, libvirt.home.resolve("a-" + job));
        holds(files.get(1), vdb, libvirt.home.resolve("b-" + job));
        api.abortTarget(job, new AbortTarget(1));
        assertThat(libvirt.virsh("list", "--all", "--name")).contains(name);
        libvirt.virsh("start", name, "--paused");
    }

    @Test
    void anAbortedTargetLeavesNothing() throws IOException {
        TestVm original = original();
        api.openTarget(request(original, "gone", null));
        api.fillTarget(
                job, new FillTarget(1, Map.of("vda", serve(content(4 * MIB, "1")), "vdb", serve(content(ODD, "2")))));
        api.abortTarget(job, new AbortTarget(1));
        api.abortTarget(job, new AbortTarget(1));
        api.abortTarget(UUID.randomUUID(), new AbortTarget(1));
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.ABORTED);
        assertThat(api.leftovers()).isEmpty();
        try (var files = Files.list(libvirt.pool)) {
            assertThat(files.map(Path::toString)).noneMatch(f -> f.contains("gone"));
        }
    }

    @Test
    void noTargetIsOpenedForAJobThatHasEnded() {
        TestVm original = original();
        api.settleTarget(job);
        assertThat(codeOf(() -> api.openTarget(request(original, "late", null))))
                .isEqualTo(ErrorCode.JOB_ENDED);
        assertThat(targets.byJob(job)).isEmpty();
        assertThat(api.leftovers()).isEmpty();
    }

    @Test
    void aPullThatFailsSaysWhyAndMayBeAskedAgain() {
        TestVm original = original();
        api.openTarget(request(original, "again", null));
        TargetInfo failed = fill(content(2 * MIB, "0x31"), content(ODD, "0x32"));
        assertThat(failed.state()).isEqualTo(TargetInfo.State.FAILED);
        assertThat(failed.detail()).contains("vda");
        assertThat(codeOf(() -> api.finishTarget(job, new FinishTarget(1, false))))
                .isEqualTo(ErrorCode.TARGET_FILL_FAILED);
        assertThat(fill(content(4 * MIB, "0x33"), content(ODD, "0x34")).state()).isEqualTo(TargetInfo.State.FILLED);
    }

    @Test
    void aPullWhoseFailureCannotBeRecordedIsGoneOnWithUntilItCan() {
        api.openTarget(request(original(), "unrecorded", null));
        Target filling = targets.change(job, t -> t.with(TargetInfo.State.FILLING));
        AtomicInteger refused = new AtomicInteger();
        Rows.Targets away = Between.before(Rows.Targets.class, targets, method -> {
            if (method.getName().equals("change") && refused.getAndIncrement() < 3) {
                throw new IllegalStateException("the database is away");
            }
        });
        // Without endpoints there is nothing to pull from: it fails at once.
        new Puller(away, operations, pause).start(filling, Map.of());
        Awaitility.await().until(() -> api.target(job).state() == TargetInfo.State.FAILED);
        assertThat(refused.get()).isGreaterThan(3);
    }

    @Test
    void aNameThatExistsIsRefusedAndAnOddSizeAndAMissingPool() {
        TestVm original = original();
        assertThat(codeOf(() -> api.openTarget(request(original, original.name, null))))
                .isEqualTo(ErrorCode.VM_NAME_EXISTS);
        String definition = libvirt.virsh("dumpxml", original.name);
        assertThat(codeOf(() -> api.openTarget(new OpenTarget(
                        job,
                        1,
                        SOURCE,
                        "x",
                        null,
                        definition,
                        null,
                        null,
                        null,
                        List.of(new OpenTarget.TargetDisk("vda", 1000, "raw", 0))))))
                .isEqualTo(ErrorCode.DISK_UNSUPPORTED);
        assertThat(codeOf(() -> api.openTarget(new OpenTarget(
                        job,
                        1,
                        SOURCE,
                        "x",
                        null,
                        definition,
                        "nopool",
                        null,
                        null,
                        List.of(new OpenTarget.TargetDisk("vda", 1024, "raw", 0))))))
                .isEqualTo(ErrorCode.POOL_NOT_FOUND);
        assertThat(codeOf(() -> api.openTarget(new OpenTarget(
                        job,
                        1,
                        SOURCE,
                        "x",
                        null,
                        definition,
                        null,
                        null,
                        null,
                        List.of(new OpenTarget.TargetDisk("vda", 1024, "raw", 1L << 50))))))
                .isEqualTo(ErrorCode.NO_SPACE);
        assertThat(codeOf(() -> api.target(job))).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
    }

    @Test
    void disksThatNoVolumeCanBeMadeForAreRefusedWithASentence() {
        TestVm original = original();
        OpenTarget.TargetDisk huge = new OpenTarget.TargetDisk("vda", 9L << 40, "qcow2", 0);
        assertThat(codeOf(() -> api.openTarget(request(original, "huge", null, huge))))
                .isEqualTo(ErrorCode.DISK_UNSUPPORTED);
        OpenTarget.TargetDisk[] many = new OpenTarget.TargetDisk[27];
        Arrays.setAll(many, i -> new OpenTarget.TargetDisk("vd" + i, MIB, "raw", 0));
        assertThat(codeOf(() -> api.openTarget(request(original, "many", null, many))))
                .isEqualTo(ErrorCode.DISK_UNSUPPORTED);
        assertThat(codeOf(() -> api.target(job))).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        TestVm big = vm("big", new TestVm.Disk("vda", "qcow2", 9L << 40));
        assertThat(codeOf(() -> api.openView(request(big, job, UUID.randomUUID(), List.of()))))
                .isEqualTo(ErrorCode.DISK_UNSUPPORTED);
    }

    @Test
    void aVolumeThatIsNotWhatWasWrittenIsFoundBeforeItCountsAsFilledAndIsFilledAnew() throws IOException {
        TestVm original = original();
        OpenTarget.TargetDisk raw = new OpenTarget.TargetDisk("vdb", ODD, "raw", MIB);
        api.openTarget(request(original, "short", null, VDA, raw));
        Path vda = content(4 * MIB, "0x61");
        Path vdb = content(ODD, "0x62");
        assertThat(fill(vda, vdb).state()).isEqualTo(TargetInfo.State.FILLED);
        Path volume =
                Path.of(targets.byJob(job).orElseThrow().disks().get(1).volume().path());
        same(volume, vdb);
        Shell.run("truncate", "-s", Long.toString(MIB), volume.toString());
        targets.change(job, t -> t.with(TargetInfo.State.FILLING));
        reaper.reconcile();
        Awaitility.await().until(() -> api.target(job).state() == TargetInfo.State.FAILED);
        assertThat(api.target(job).detail()).contains("vdb").contains(Long.toString(MIB));
        assertThat(fill(vda, vdb).state()).isEqualTo(TargetInfo.State.FILLED);
        same(volume, vdb);
    }

    @Test
    void aVmThatDoesNotStartIsRestoredAllTheSameAndSaysWhy() {
        TestVm original = original();
        original.attach("<interface type='network'><source network='nonet'/></interface>", "--config");
        String name = "n" + original.name;
        made.add(name);
        api.openTarget(request(original, name, null));
        fill(content(4 * MIB, "0x71"), content(ODD, "0x72"));
        TargetInfo done = api.finishTarget(job, new FinishTarget(1, true));
        assertThat(done.state()).isEqualTo(TargetInfo.State.FINISHED);
        assertThat(done.notes()).anyMatch(n -> n.contains("did not start"));
        assertThat(libvirt.virsh("domstate", name)).contains("shut off");
        assertThat(files(name)).allMatch(f -> Files.exists(Path.of(f)));
    }

    @Test
    void networkCardsComeUpOnlyWhenTheOriginalIsKnownToBeGone() {
        TestVm original = original();
        original.attach("<interface type='user'/>", "--config");
        OpenTarget unknown = request(original, "unknown", null);
        restoredWithLinkDown("known", request(original, "known", null), true);
        original.remove();
        restoredWithLinkDown("alone", withJob(unknown, "alone", sourceId()), false);
        restoredWithLinkDown("unknown", withJob(unknown, "unknown", null), true);
        // A source that was removed: whoever has its name now is another.
        restoredWithLinkDown("elsewhere", withJob(unknown, "elsewhere", UUID.randomUUID()), true);
    }

    private static OpenTarget withJob(OpenTarget r, String name, @Nullable UUID home) {
        UUID other = UUID.randomUUID();
        return new OpenTarget(other, 1, SOURCE, name, null, r.definition(), null, null, home, r.disks());
    }

    private void restoredWithLinkDown(String name, OpenTarget request, boolean down) {
        made.add(name);
        api.openTarget(request);
        // What the disks hold does not matter here.
        targets.change(request.job(), t -> t.with(TargetInfo.State.FILLED));
        TargetInfo done = api.finishTarget(request.job(), new FinishTarget(1, false));
        assertThat(libvirt.virsh("dumpxml", name).contains("link state='down'"))
                .as(name)
                .isEqualTo(down);
        assertThat(done.notes().stream().anyMatch(n -> n.contains("disconnected")))
                .isEqualTo(down);
    }

    @Test
    void aRestoreToAnotherHypervisorStaysDisconnectedWhileTheOriginalRunsOnItsOwn() throws IOException {
        try (OwnLibvirt other = OwnLibvirt.create()) {
            api.addSource(new SourceSpec("other", other.uri(), null, null, null));
            try {
                TestVm original = original().start();
                original.attach("<interface type='user'/>", "--config");
                OpenTarget here = request(original, "copy", null);
                api.openTarget(new OpenTarget(
                        job, 1, "other", "copy", null, here.definition(), "default", null, sourceId(), here.disks()));
                fill(content(4 * MIB, "0x81"), content(ODD, "0x82"));
                api.finishTarget(job, new FinishTarget(1, false));
                assertThat(other.virsh("dumpxml", "copy")).contains("link state='down'");
                other.virsh("undefine", "copy");
            } finally {
                api.removeSource("other", false);
            }
        }
    }

    @Test
    void aDiskThatIsAttachedForOneRunOnlyIsPartOfThePointAndRestores() {
        TestVm vm = original().start();
        Path file = vm.file("vdc", "qcow2");
        Shell.run("qemu-img", "create", "-q", "-f", "qcow2", file.toString(), Long.toString(2 * MIB));
        libvirt.virsh("attach-disk", vm.name, file.toString(), "vdc", "--subdriver", "qcow2", "--live");
        UUID backup = UUID.randomUUID();
        ViewInfo view = api.openView(request(vm, backup, UUID.randomUUID(), List.of()));
        api.settleView(new SettleView(backup, "abandoned", null));
        assertThat(view.notes()).anyMatch(n -> n.contains("vdc"));
        OpenTarget.TargetDisk vdc = new OpenTarget.TargetDisk("vdc", 2 * MIB, "qcow2", 0);
        api.openTarget(new OpenTarget(
                job, 1, SOURCE, "livedisk", null, view.definition(), null, null, sourceId(), List.of(VDA, vdc)));
        made.add("livedisk");
        fill(Map.of("vda", content(4 * MIB, "0x91"), "vdc", content(2 * MIB, "0x92")));
        api.finishTarget(job, new FinishTarget(1, false));
        assertThat(files("livedisk")).hasSize(2);
        libvirt.virsh("start", "livedisk", "--paused");
    }

    @Test
    void aVolumeThatAVmUsesIsNeverCalledLeftOver() throws IOException {
        TestVm vm = vm("holdfast.byhand", new TestVm.Disk("vda", "qcow2", MIB));
        Path base = libvirt.pool.resolve("holdfast.base.qcow2");
        Files.move(vm.file("vda", "qcow2"), base);
        Shell.run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-b",
                base.toString(),
                "-F",
                "qcow2",
                "" + vm.file("vda", "qcow2"));
        assertThat(api.leftovers()).isEmpty();
        vm.remove();
        assertThat(api.leftovers()).hasSize(2);
        Files.delete(base);
        Files.delete(vm.file("vda", "qcow2"));
    }

    @Test
    void aRenewedTargetDoesNotExpireAndABegunFinishIsGoneOnWithAfterARestart() {
        TestVm original = original();
        String name = "n" + original.name;
        made.add(name);
        api.openTarget(request(original, name, null));
        targetEnd.expire(job);
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.PREPARED);
        fill(content(4 * MIB, "0xa1"), content(ODD, "0xa2"));
        targets.change(job, t -> t.beginFinish(false));
        reaper.reconcile();
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.FINISHED);
        assertThat(libvirt.virsh("domstate", name)).contains("shut off");
    }

    @Test
    void aBegunAbortIsGoneOnWithAndNothingElseMayGoOn() {
        TestVm original = original();
        api.openTarget(request(original, "halfway", null));
        targets.change(job, Target::abort);
        assertThat(codeOf(() -> api.fillTarget(
                        job,
                        new FillTarget(
                                1, Map.of("vda", serve(content(2 * MIB, "1")), "vdb", serve(content(2 * MIB, "1")))))))
                .isEqualTo(ErrorCode.TARGET_NOT_FOUND);
        reaper.reconcile();
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.ABORTED);
        assertThat(api.leftovers()).isEmpty();
        api.openTarget(request(original, "halfway", null));
        UUID first = targets.byJob(job).orElseThrow().newId();
        targets.change(job, Target::abort);
        assertThat(api.openTarget(request(original, "halfway", null)).state()).isEqualTo(TargetInfo.State.PREPARED);
        assertThat(targets.byJob(job).orElseThrow().newId()).isNotEqualTo(first);
    }

    @Test
    void aTargetIsForgottenAWhileAfterNothingIsLeftToBeDone() {
        api.openTarget(request(original(), "remembered", null));
        assertThat(targets.open()).extracting(Target::job).containsExactly(job);
        assertThat(endedAt()).isNull();
        api.abortTarget(job, new AbortTarget(1));
        assertThat(targets.open()).isEmpty();
        assertThat(targets.counts()).containsKey(TargetInfo.State.ABORTED);
        // As if it had been finished: what it replaced is still to be removed.
        targets.change(job, t -> t.replacing(List.of("/old"), true, List.of()).finished());
        assertThat(targets.open()).extracting(Target::job).containsExactly(job);
        assertThat(endedAt()).isNull();
        targets.change(job, t -> t.withoutOld(List.of()));
        assertThat(targets.open()).isEmpty();
        reaper.reap();
        assertThat(targets.byJob(job)).isPresent();
        QuarkusTransaction.requiringNew()
                .run(() -> em.createNativeQuery(
                                "update restore_target set ended_at = now() - interval '31 days'" + " where job = ?1")
                        .setParameter(1, job)
                        .executeUpdate());
        reaper.reap();
        assertThat(targets.byJob(job)).isEmpty();
    }

    private @Nullable Object endedAt() {
        return em.createNativeQuery("select ended_at from restore_target where job = ?1")
                .setParameter(1, job)
                .getSingleResult();
    }

    @Test
    void aRestartedServiceGoesOnWatchingAndAnExpiredTargetGoes() {
        TestVm original = original();
        api.openTarget(request(original, "watched", null));
        assertThat(fill(content(4 * MIB, "0x51"), content(ODD, "0x52")).state()).isEqualTo(TargetInfo.State.FILLED);
        targets.change(job, t -> t.with(TargetInfo.State.FILLING));
        reaper.reconcile();
        Awaitility.await().until(() -> api.target(job).state() == TargetInfo.State.FILLED);
        targets.change(job, t -> t.leased(1, Instant.EPOCH));
        reaper.reap();
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.ABORTED);
    }
}
