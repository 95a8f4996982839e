package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.RenewLease;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.snapshot.domain.Checkpoint;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the catalog's word does, and what comes after it. */
@QuarkusTest
class SettlementTest extends Suite {

    private final UUID job = UUID.randomUUID();
    private final UUID point = UUID.randomUUID();

    private TestVm running() {
        TestVm vm = vm("s" + UUID.randomUUID().toString().substring(0, 8), new TestVm.Disk("vda", "qcow2", 4 * MIB));
        vm.start();
        vm.io(0, "write -P 0x11 0 2M");
        return vm;
    }

    private String checkpointsOf(TestVm vm) {
        return libvirt.virsh("checkpoint-list", vm.name);
    }

    @Test
    void theCheckpointOfTheCommittedMomentIsPromotedAndNotAnOlderOne() {
        TestVm vm = running();
        ViewInfo first = api.openView(request(vm, job, point, List.of()));
        views.change(first.moment(), v -> v.leased(1, Instant.EPOCH));
        reaper.reap();
        ViewInfo second = api.openView(request(vm, job, 2, vault, point, List.of()));
        commit(second);
        assertThat(checkpoints.all()).extracting(Checkpoint::moment).containsExactly(second.moment());
        assertThat(checkpointsOf(vm).lines().filter(l -> l.contains("holdfast")))
                .hasSize(1);
    }

    @Test
    void aPointOfASavedVmPromotesNoCheckpointOfALaterMoment() {
        TestVm vm = running();
        libvirt.virsh("managedsave", vm.name);
        ViewInfo saved = api.openView(request(vm, job, point, List.of()));
        views.change(saved.moment(), v -> v.leased(1, Instant.EPOCH));
        reaper.reap();
        libvirt.virsh("start", vm.name, "--paused");
        api.openView(request(vm, job, 2, vault, point, List.of()));
        commit(saved);
        assertThat(checkpoints.all()).isEmpty();
        assertThat(checkpointsOf(vm)).doesNotContain("holdfast");
        UUID next = UUID.randomUUID();
        ViewInfo after = api.openView(request(vm, next, UUID.randomUUID(), List.of(point)));
        assertThat(disk(after, "vda").base()).isNull();
        assertThat(disk(after, "vda").fullReason()).contains("no checkpoint of an earlier point");
    }

    @Test
    void nothingIsOpenedForAJobThatHasEnded() {
        TestVm vm = running();
        abandon(job);
        assertThat(codeOf(() -> api.openView(request(vm, job, point, List.of()))))
                .isEqualTo(ErrorCode.JOB_ENDED);
        UUID committed = UUID.randomUUID();
        ViewInfo view = api.openView(request(vm, committed, point, List.of()));
        commit(view);
        assertThat(codeOf(() -> api.openView(request(vm, committed, 2, vault, point, List.of()))))
                .isEqualTo(ErrorCode.JOB_ENDED);
        assertThat(checkpoints.all()).extracting(Checkpoint::moment).containsExactly(view.moment());
        assertThat(ends.forgetBefore(Instant.now().minusSeconds(3600))).isZero();
        assertThat(ends.ended(job)).isTrue();
        assertThat(ends.forgetBefore(Instant.now().plusSeconds(1))).isPositive();
        assertThat(ends.ended(job)).isFalse();
    }

    @Test
    void aViewWhoseJobSomebodyEndedIsFoundLostByALook() {
        TestVm vm = running();
        ViewInfo view = api.openView(request(vm, job, point, List.of()));
        assertThat(api.observeView(job, new RenewLease(1)).moment()).isEqualTo(view.moment());
        libvirt.virsh("domjobabort", vm.name);
        assertThat(codeOf(() -> api.observeView(job, new RenewLease(1)))).isEqualTo(ErrorCode.VIEW_LOST);
        assertThat(codeOf(() -> api.renewView(job, new RenewLease(1)))).isEqualTo(ErrorCode.VIEW_LOST);
        assertThat(codeOf(() -> api.observeView(UUID.randomUUID(), new RenewLease(1))))
                .isEqualTo(ErrorCode.VIEW_NOT_FOUND);
        ViewInfo again = api.openView(request(vm, job, 2, vault, point, List.of()));
        assertThat(again.moment()).isNotEqualTo(view.moment());
        assertThat(codeOf(() -> api.observeView(job, new RenewLease(1)))).isEqualTo(ErrorCode.FENCED);
    }

    @Test
    void aVmThatSomebodyStartedPausedMeanwhileIsNotStopped() {
        TestVm vm = running();
        libvirt.virsh("destroy", vm.name);
        api.openView(request(vm, job, point, List.of()));
        libvirt.virsh("destroy", vm.name);
        vm.start();
        abandon(job);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("paused");
    }

    @Test
    void aStartThatNobodyNotedIsStoppedAgain() {
        TestVm vm = running();
        libvirt.virsh("destroy", vm.name);
        ViewInfo view = api.openView(request(vm, job, point, List.of()));
        // As if the process had died right after the start.
        views.change(view.moment(), v -> v.started(io.holdfast.snapshot.domain.View.STARTING));
        abandon(job);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("shut off");
    }

    @Test
    void aVmThatRanAndWasPausedByItsOwnerIsNotTakenForAStartThatNobodyNoted() {
        TestVm vm = running();
        libvirt.virsh("destroy", vm.name);
        ViewInfo view = api.openView(request(vm, job, point, List.of()));
        // As if the start had failed late, and the owner had started the VM.
        views.change(view.moment(), v -> v.started(io.holdfast.snapshot.domain.View.STARTING));
        vm.runAndSuspend();
        abandon(job);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("paused");
    }
}
