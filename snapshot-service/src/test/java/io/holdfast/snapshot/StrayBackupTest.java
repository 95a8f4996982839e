package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.FrozenViews;
import io.holdfast.snapshot.app.NbdPorts;
import io.holdfast.snapshot.app.Pause;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.Settings;
import io.holdfast.snapshot.app.SourceDirectory;
import io.holdfast.snapshot.app.ViewDesk;
import io.holdfast.snapshot.app.ViewOperations;
import io.holdfast.snapshot.app.VmLocks;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.View.Phase;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Backup jobs of ours that the hypervisor runs and that no attempt waits for. */
@QuarkusTest
class StrayBackupTest extends Suite {

    @Inject
    NbdPorts ports;

    @Inject
    Rows.Sources sources;

    @Inject
    Drivers drivers;

    @Inject
    SourceDirectory directory;

    @Inject
    VmLocks locks;

    @Inject
    Settings settings;

    @Inject
    Pause pause;

    @Inject
    InstantSource clock;

    private final UUID job = UUID.randomUUID();
    private final UUID point = UUID.randomUUID();

    private TestVm running(String name) {
        TestVm vm = vm(name, new TestVm.Disk("vda", "qcow2", 4 * MIB)).start();
        vm.io(0, "write -P 0x11 0 1M");
        return vm;
    }

    private String backupJob(TestVm vm) {
        return libvirt.virsh("backup-dumpxml", vm.name);
    }

    @Test
    void aJobWhoseSourceWasRemovedAndAddedAgainMakesWayForTheNextBackup() {
        TestVm vm = running("stray");
        api.addSource(new SourceSpec("again", libvirt.otherUri(), null, null, null));
        UUID first = sources.byName("again").orElseThrow().id();
        ViewInfo view = api.openView(of("again", vm));
        String checkpoint = checkpoints.all().getFirst().name();
        // As a removal does whose hypervisor does not answer.
        views.change(view.moment(), View::freeing);
        checkpoints.dropOfVm(first, vm.id);
        sources.remove(first);
        assertThat(backupJob(vm)).contains("holdfast.");
        assertThat(api.leftovers()).anyMatch(l -> l.contains("backup job of stray"));
        UUID later = UUID.randomUUID();
        ViewInfo next = api.openView(request(vm, later, UUID.randomUUID(), List.of()));
        assertThat(backupJob(vm)).contains(uri(disk(next, "vda")).replaceAll(".*socket=", ""));
        abandon(later);
        libvirt.virsh("checkpoint-delete", vm.name, checkpoint);
        assertThat(api.leftovers()).isEmpty();
    }

    private OpenView of(String source, TestVm vm) {
        return new OpenView(job, 1, source, vm.id, vault, point, BackupKind.FULL, List.of());
    }

    @Test
    void theJobOfAnotherHoldfastIsNotTouched() {
        TestVm vm = running("others");
        Path xml = libvirt.home.resolve("others.xml");
        String socket = libvirt.home + "/holdfast.others.sock";
        TestFiles.write(
                xml, "<domainbackup mode='pull'><server transport='unix' socket='" + socket + "'/></domainbackup>");
        libvirt.virsh("backup-begin", vm.name, xml.toString());
        assertThat(codeOf(() -> api.openView(request(vm, job, point, List.of()))))
                .isEqualTo(ErrorCode.VM_BUSY);
        assertThat(backupJob(vm)).contains(socket);
        libvirt.virsh("domjobabort", vm.name);
    }

    @Test
    void theJobOfAViewOfAnotherSourceOnTheSameHypervisorIsNotTouched() {
        TestVm vm = running("twice");
        api.addSource(new SourceSpec("again", libvirt.otherUri(), null, null, null));
        api.openView(of("again", vm));
        String before = backupJob(vm);
        assertThat(codeOf(() -> api.openView(request(vm, UUID.randomUUID(), point, List.of()))))
                .isEqualTo(ErrorCode.VM_BUSY);
        assertThat(backupJob(vm)).isEqualTo(before);
        abandon(job);
        api.removeSource("again", false);
    }

    /** The service's own, with something before each call about a view. */
    private ViewDesk with(Between.Before before) {
        Drivers others = OtherDrivers.ofViews(drivers, v -> Between.before(FrozenViews.class, v, before));
        var operations = new ViewOperations(sources, views, checkpoints, others, pause, clock);
        var tables = new ViewDesk.Tables(views, ends);
        return new ViewDesk(directory, tables, operations, others, ports, locks, settings, clock);
    }

    private View failed(TestVm vm, ErrorCode code) {
        ViewDesk desk = with(method -> {
            if (method.getName().equals("begin")) {
                throw new ApiException(code, "By test.");
            }
        });
        assertThat(codeOf(() -> desk.open(request(vm, job, point, List.of())))).isEqualTo(code);
        return views.newest(job).orElseThrow();
    }

    @Test
    void aFreezeThatComesAfterItsAttemptWasGivenUpIsEnded() {
        TestVm vm = running("late");
        View given = failed(vm, ErrorCode.HYPERVISOR_TIMEOUT);
        assertThat(given.phase()).isEqualTo(Phase.CLOSING);
        reaper.reap();
        assertThat(checkpoints.all()).hasSize(1);
        FrozenViews driver = drivers.of(sources.byName(SOURCE).orElseThrow()).views();
        driver.reserveScratch(given.plan());
        driver.begin(given);
        assertThat(backupJob(vm)).contains("holdfast.");
        reaper.reap();
        assertThat(libvirt.virsh("domjobinfo", vm.name)).doesNotContain("Backup");
        assertThat(views.newest(job).orElseThrow().phase()).isEqualTo(Phase.CLOSING);
        // When nothing can come any more.
        views.change(given.moment(), v -> v.asked(Instant.EPOCH));
        reaper.reap();
        assertThat(views.newest(job).orElseThrow().phase()).isEqualTo(Phase.CLOSED);
        assertThat(checkpoints.all()).isEmpty();
        assertThat(libvirt.virsh("checkpoint-list", vm.name)).doesNotContain("holdfast");
    }

    @Test
    void aFreezeThatWasRefusedIsNotWaitedFor() {
        View given = failed(running("refused"), ErrorCode.HYPERVISOR_ERROR);
        assertThat(given.phase()).isEqualTo(Phase.CLOSED);
        assertThat(checkpoints.all()).isEmpty();
    }
}
