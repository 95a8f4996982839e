package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.holdfast.api.RenewLease;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.snapshot.domain.Checkpoint;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

@QuarkusTest
class FrozenViewTest extends Suite {

    private final UUID job = UUID.randomUUID();
    private final UUID point = UUID.randomUUID();

    private TestVm running() {
        TestVm vm = vm(
                "v" + UUID.randomUUID().toString().substring(0, 8),
                new TestVm.Disk("vda", "qcow2", 8 * MIB),
                new TestVm.Disk("vdb", "raw", 3 * MIB + 512));
        vm.start();
        vm.io(0, "write -P 0x11 0 2M");
        vm.io(1, "write -P 0x12 1M 64k");
        return vm;
    }

    @Test
    void aViewShowsTheMomentItWasTakenWhateverTheGuestWritesAfterwards() {
        TestVm vm = running();
        Path vda = vm.copy("vda", "before");
        Path vdb = vm.copy("vdb", "before");
        ViewInfo view = api.openView(request(vm, job, point, List.of()));
        vm.io(0, "write -P 0x99 1M 6M");
        vm.io(1, "write -P 0x98 0 3M");
        same(readFull(view, "vda"), vda);
        same(readFull(view, "vdb"), vdb);
        assertThat(view.vmState()).isEqualTo("paused");
        assertThat(view.definition()).contains(vm.id);
    }

    @Test
    void aSecondAttemptContinuesTheSameMoment() {
        TestVm vm = running();
        ViewInfo first = api.openView(request(vm, job, point, List.of()));
        ViewInfo second = api.openView(request(vm, job, 2, vault, point, List.of()));
        assertThat(second.moment()).isEqualTo(first.moment());
        assertThat(codeOf(() -> api.openView(request(vm, job, 1, vault, point, List.of()))))
                .isEqualTo(ErrorCode.FENCED);
        assertThat(codeOf(() -> api.renewView(job, new RenewLease(1)))).isEqualTo(ErrorCode.FENCED);
        assertThat(api.renewView(job, new RenewLease(2)).expiresAt()).isAfter(first.expiresAt());
    }

    @Test
    void settlingFreesEverythingAndPromotesTheCheckpoint() {
        TestVm vm = running();
        ViewInfo view = api.openView(request(vm, job, point, List.of()));
        commit(view);
        commit(view);
        assertThat(api.leftovers()).isEmpty();
        assertThat(checkpoints.all()).extracting(Checkpoint::state).containsExactly(Checkpoint.State.COMMITTED);
        assertThat(libvirt.virsh("checkpoint-list", vm.name)).contains(point.toString());
        assertThat(codeOf(() -> api.view(job))).isEqualTo(ErrorCode.VIEW_LOST);
    }

    @Test
    void anAbandonedViewLeavesNoCheckpoint() {
        TestVm vm = running();
        api.openView(request(vm, job, point, List.of()));
        abandon(job);
        assertThat(checkpoints.all()).isEmpty();
        assertThat(libvirt.virsh("checkpoint-list", vm.name)).doesNotContain("holdfast");
    }

    @Test
    void settlingAJobThatNeverOpenedAViewDoesNothing() {
        abandon(UUID.randomUUID());
        assertThat(codeOf(() -> api.view(UUID.randomUUID()))).isEqualTo(ErrorCode.VIEW_NOT_FOUND);
    }

    @Test
    void anotherJobWaitsUntilTheViewIsClosed() {
        TestVm vm = running();
        api.openView(request(vm, job, point, List.of()));
        assertThat(codeOf(() -> api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of()))))
                .isEqualTo(ErrorCode.VM_BUSY);
    }

    @Test
    void anExpiredViewIsFreedButItsCheckpointWaitsForTheCatalog() {
        TestVm vm = running();
        ViewInfo view = api.openView(request(vm, job, point, List.of()));
        views.change(view.moment(), v -> v.leased(1, Instant.EPOCH));
        reaper.reap();
        assertThat(api.leftovers()).isEmpty();
        assertThat(codeOf(() -> api.renewView(job, new RenewLease(1)))).isEqualTo(ErrorCode.VIEW_LOST);
        assertThat(checkpoints.all()).extracting(Checkpoint::state).containsExactly(Checkpoint.State.PENDING);
        ViewInfo next = api.openView(request(vm, job, 2, vault, point, List.of()));
        assertThat(next.moment()).isNotEqualTo(view.moment());
        commit(view);
        assertThat(checkpoints.all()).extracting(Checkpoint::moment).containsExactly(view.moment());
        assertThat(libvirt.virsh("checkpoint-list", vm.name).lines().filter(l -> l.contains("holdfast")))
                .hasSize(1);
    }

    @Test
    void aVmThatIsOffIsReadAndOffAgain() {
        TestVm vm = running();
        Path vda = vm.copy("vda", "off");
        libvirt.virsh("destroy", vm.name);
        ViewInfo view = api.openView(request(vm, job, point, List.of()));
        same(readFull(view, "vda"), vda);
        assertThat(view.vmState()).isEqualTo("off");
        commit(view);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("shut off");
        UUID second = UUID.randomUUID();
        ViewInfo incremental = api.openView(request(vm, second, UUID.randomUUID(), List.of(point)));
        assertThat(disk(incremental, "vda").base()).isEqualTo(point);
    }

    @Test
    void aSavedVmIsReadWithoutItsSaveBeingConsumed() {
        TestVm vm = running();
        Path vda = vm.copy("vda", "saved");
        libvirt.virsh("managedsave", vm.name);
        ViewInfo view = api.openView(request(vm, job, point, List.of()));
        same(readFull(view, "vda"), vda);
        commit(view);
        assertThat(libvirt.virsh("list", "--all", "--with-managed-save")).contains(vm.name);
    }

    @Test
    void aViewWithoutRoomForScratchNamesTheMissingBytes() {
        TestVm vm = vm("huge", new TestVm.Disk("vda", "qcow2", 4L << 40)).start();
        Throwable refused = catchThrowable(() -> api.openView(request(vm, job, point, List.of())));
        assertThat(refused).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SCRATCH_NO_SPACE);
            Matcher said = Pattern.compile("pool default lacks (\\d+) bytes: the view needs (\\d+) bytes")
                    .matcher(e.detail());
            assertThat(said.find()).as(e.detail()).isTrue();
            long missing = Long.parseLong(said.group(1));
            long needed = Long.parseLong(said.group(2));
            assertThat(needed).isBetween(4L << 40, (4L << 40) + (1L << 30));
            // Others write to the same file system meanwhile.
            assertThat(needed - missing).isCloseTo(libvirt.pool.toFile().getFreeSpace(), Offset.offset(4L << 30));
        });
        assertThat(api.leftovers()).isEmpty();
    }

    @Test
    void aProcessThatDiedAfterTheMomentWasTakenFindsItAgain() {
        TestVm vm = running();
        Path vda = vm.copy("vda", "crash");
        ViewInfo first = api.openView(request(vm, job, point, List.of()));
        // As if the row had not been written after the hypervisor's answer.
        views.change(
                first.moment(),
                v -> new io.holdfast.snapshot.domain.View(
                        v.moment(),
                        v.job(),
                        v.fencing(),
                        v.source(),
                        v.sourceName(),
                        v.vm(),
                        v.vmName(),
                        v.vault(),
                        v.point(),
                        v.kind(),
                        v.bases(),
                        io.holdfast.snapshot.domain.View.Phase.OPENING,
                        v.plan(),
                        v.vmState(),
                        v.definition(),
                        v.notes(),
                        null,
                        v.createdAt(),
                        v.expiresAt(),
                        false,
                        false,
                        io.holdfast.snapshot.domain.View.NOT_STARTED,
                        null));
        vm.io(0, "write -P 0x99 0 1M");
        reaper.reconcile();
        ViewInfo again = api.openView(request(vm, job, 2, vault, point, List.of()));
        assertThat(again.moment()).isEqualTo(first.moment());
        same(readFull(again, "vda"), vda);
    }

    @Test
    void aForeignBackupIsNotTouched() {
        TestVm vm = running();
        Path xml = libvirt.home.resolve("foreign.xml");
        TestFiles.write(
                xml,
                "<domainbackup mode='pull'><server transport='unix' socket='" + libvirt.home
                        + "/foreign.sock'/></domainbackup>");
        libvirt.virsh("backup-begin", vm.name, xml.toString());
        assertThat(codeOf(() -> api.openView(request(vm, job, point, List.of()))))
                .isEqualTo(ErrorCode.VM_BUSY);
        abandon(job);
        assertThat(libvirt.virsh("backup-dumpxml", vm.name)).contains("foreign.sock");
        libvirt.virsh("domjobabort", vm.name);
    }
}
