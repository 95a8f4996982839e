package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.SnapshotUpkeep;
import io.holdfast.snapshot.app.SnapshotWork;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.app.SourceDirectory;
import io.holdfast.snapshot.app.VmLocks;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Woken;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A real hypervisor whose answers get lost on the way. */
@QuarkusTest
class SnapshotOutcomeTest extends Suite {

    @Inject
    Rows.Sources sources;

    @Inject
    Rows.SnapshotRows rows;

    @Inject
    Rows.WokenVms woken;

    @Inject
    Drivers drivers;

    @Inject
    VmLocks locks;

    private @Nullable ErrorCode instead;
    private @Nullable ErrorCode after;

    /** The real driver; a creation or a start fails before or after it was done. */
    private final class Lossy implements Snapshots {
        private final Snapshots real;

        Lossy(Snapshots real) {
            this.real = real;
        }

        private static void fail(@Nullable ErrorCode code) {
            if (code != null) {
                throw new ApiException(code, "Lost on the way.");
            }
        }

        @Override
        public Ground plan(String vm, UUID snapshot) {
            return real.plan(vm, snapshot);
        }

        @Override
        public boolean off(String vm) {
            return real.off(vm);
        }

        @Override
        public int wake(String vm) {
            int run = real.wake(vm);
            fail(after);
            return run;
        }

        @Override
        public void stop(String vm, @Nullable Integer run) {
            real.stop(vm, run);
        }

        @Override
        public String create(Snapshot snapshot, boolean quiesce) {
            fail(instead);
            String outcome = real.create(snapshot, quiesce);
            fail(after);
            return outcome;
        }

        @Override
        public void refuseHarm(Snapshot snapshot) {
            real.refuseHarm(snapshot);
        }

        @Override
        public void consolidate(Snapshot snapshot, Snapshot.Overlay overlay, Watch watch, Runnable begins) {
            real.consolidate(snapshot, overlay, watch, begins);
        }

        @Override
        public void abandon(Snapshot snapshot) {
            real.abandon(snapshot);
        }

        @Override
        public void forget(Snapshot snapshot) {
            real.forget(snapshot);
        }

        @Override
        public @Nullable Boolean inUse(Snapshot snapshot) {
            return real.inUse(snapshot);
        }

        @Override
        public Map<String, Long> overlayBytes(String vm) {
            return real.overlayBytes(vm);
        }
    }

    private SnapshotWork work() {
        return work(rows);
    }

    private SnapshotWork work(Rows.SnapshotRows written) {
        InstantSource clock = InstantSource.system();
        SourceDirectory directory =
                new SourceDirectory(sources, new OtherDrivers(drivers, Lossy::new, UnaryOperator.identity()), clock);
        SnapshotUpkeep upkeep = new SnapshotUpkeep(directory, written, woken, locks, clock);
        return new SnapshotWork(directory, written, views, upkeep, locks, clock);
    }

    private static JobSpec.SnapshotCreate creation(TestVm vm) {
        return new JobSpec.SnapshotCreate(SOURCE, vm.id, vm.name, "lost", null, false);
    }

    private void delete(TestVm vm) {
        delete(work(), vm);
    }

    private static void delete(SnapshotWork by, TestVm vm) {
        by.delete(
                UUID.randomUUID(),
                new JobSpec.SnapshotDelete(SOURCE, vm.id, vm.name, "lost"),
                new IncrementalViewTest.Quiet());
    }

    private UUID source() {
        return sources.byName(SOURCE).orElseThrow().id();
    }

    @Test
    void aSnapshotWhoseReplyWasLostIsTheAttemptsSuccess() {
        TestVm vm = vm("lost1", new TestVm.Disk("vda", "qcow2", MIB)).start();
        after = ErrorCode.HYPERVISOR_TIMEOUT;
        Snapshot made = work().create(UUID.randomUUID(), creation(vm));
        assertThat(made.state()).isEqualTo(Snapshot.State.ACTIVE);
        assertThat(rows.ofVm(source(), vm.id)).containsExactly(made);
        delete(vm);
    }

    @Test
    void aCreationThatMayStillComeKeepsItsRowAndIsAdopted() {
        TestVm vm = vm("lost2", new TestVm.Disk("vda", "qcow2", MIB)).start();
        UUID job = UUID.randomUUID();
        instead = ErrorCode.HYPERVISOR_TIMEOUT;
        assertThat(codeOf(() -> work().create(job, creation(vm)))).isEqualTo(ErrorCode.HYPERVISOR_TIMEOUT);
        Snapshot intent = rows.ofVm(source(), vm.id).getFirst();
        assertThat(intent.state()).isEqualTo(Snapshot.State.CREATING);
        assertThat(drivers.of(sources.byName(SOURCE).orElseThrow()).snapshots().create(intent, false))
                .isEqualTo("crash");
        assertThat(work().create(job, creation(vm)).id()).isEqualTo(intent.id());
        delete(vm);
    }

    @Test
    void aCreationThatWasRefusedLeavesNothing() {
        TestVm vm = vm("lost3", new TestVm.Disk("vda", "qcow2", MIB)).start();
        instead = ErrorCode.HYPERVISOR_ERROR;
        assertThat(codeOf(() -> work().create(UUID.randomUUID(), creation(vm)))).isEqualTo(ErrorCode.HYPERVISOR_ERROR);
        assertThat(rows.ofVm(source(), vm.id)).isEmpty();
    }

    @Test
    void aVmWhoseStartWasNotAnsweredIsStoppedAgain() {
        TestVm vm = vm("lost4", new TestVm.Disk("vda", "qcow2", MIB));
        after = ErrorCode.HYPERVISOR_TIMEOUT;
        assertThat(codeOf(() -> work().create(UUID.randomUUID(), creation(vm))))
                .isEqualTo(ErrorCode.HYPERVISOR_TIMEOUT);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("paused");
        assertThat(woken.of(source(), vm.id)).contains(new Woken(source(), vm.id, null));
        reaper.reap();
        assertThat(libvirt.virsh("domstate", vm.name)).contains("shut off");
        assertThat(woken.of(source(), vm.id)).isEmpty();
        rows.ofVm(source(), vm.id).forEach(s -> rows.remove(s.id()));
    }

    @Test
    void nothingIsWrittenIntoASnapshotBeforeItsRowSaysThatItCanOnlyBeDeleted() {
        TestVm vm = vm("lost5", new TestVm.Disk("vda", "qcow2", MIB)).start();
        work().create(UUID.randomUUID(), creation(vm));
        vm.io(0, "write -P 0x55 0 1M");
        AtomicInteger updates = new AtomicInteger();
        Rows.SnapshotRows away = Between.before(Rows.SnapshotRows.class, rows, method -> {
            // The first says that it is to be deleted.
            if (method.getName().equals("update") && updates.incrementAndGet() == 2) {
                throw new IllegalStateException("the database is away");
            }
        });
        assertThatThrownBy(() -> delete(work(away), vm)).hasMessage("the database is away");
        assertThat(rows.ofVm(source(), vm.id)).singleElement().satisfies(s -> {
            assertThat(s.state()).isEqualTo(Snapshot.State.ACTIVE);
            assertThat(s.overlays()).hasSize(1);
        });
        Path frozen = libvirt.home.resolve("lost5-frozen.raw");
        String base = vm.file("vda", "qcow2").toString();
        Shell.run("qemu-img", "convert", "-U", "-f", "qcow2", "-O", "raw", base, frozen.toString());
        Shell.run("qemu-io", "-r", "-f", "raw", "-c", "read -P 0 0 1M", frozen.toString());
        delete(vm);
    }
}
