package io.holdfast.snapshot.app;

import io.holdfast.api.BackupKind;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.View.Phase;
import io.holdfast.snapshot.domain.ViewPlan;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Proves a source by doing on a small scale what a backup does: a helper VM, reserved scratch, a frozen view with a
 * checkpoint, and reading it. Where the hypervisor's confinement denies that, the lines that allow it are said.
 */
public final class SourceCheck {

    private static final int FIRST_BYTES = 4096;

    private final SourceDirectory directory;
    private final BlockReader reader;
    private final Settings settings;
    private final InstantSource clock;

    /** What was tried, in order, for people. */
    public record Report(List<String> passed, List<String> hints) {}

    public SourceCheck(SourceDirectory directory, BlockReader reader, Settings settings, InstantSource clock) {
        this.directory = directory;
        this.reader = reader;
        this.settings = settings;
        this.clock = clock;
    }

    /** Error: {@code source-check-failed} with what did not work and what to do. */
    public Report run(String name) {
        Source source = directory.find(name);
        return directory.reach(source, driver -> run(source, driver));
    }

    private Report run(Source source, Driver driver) {
        List<String> passed = new ArrayList<>();
        UUID id = UUID.randomUUID();
        String step = "connect";
        try {
            driver.inventory().ping();
            passed.add("connected");
            step = "start a helper VM";
            String vm = driver.probe().open(id);
            passed.add("a helper VM was started, paused");
            step = "open and read a frozen view of the helper VM";
            view(source, driver.views(), vm, passed);
            return new Report(List.copyOf(passed), List.of());
        } catch (ApiException e) {
            throw new ApiException(
                    ErrorCode.SOURCE_CHECK_FAILED, "Could not " + step + ": " + e.detail() + hint(e.detail()), e);
        } finally {
            driver.probe().close(id);
        }
    }

    private void view(Source source, FrozenViews views, String vm, List<String> passed) {
        UUID moment = UUID.randomUUID();
        FrozenViews.Planned planned = views.plan(vm, moment, moment, moment, Set.of());
        View view = intent(source, vm, moment, planned);
        try {
            views.reserveScratch(view.plan());
            passed.add("scratch was reserved in pool "
                    + view.plan().disks().getFirst().scratch().pool());
            view = view.withPlan(views.chooseBases(view, List.of()));
            view = view.taken(views.begin(view));
            passed.add("a frozen view with a checkpoint was opened");
            ViewPlan.Disk disk = view.plan().disks().getFirst();
            reader.readFirst(views.endpoint(view.plan(), disk), FIRST_BYTES);
            passed.add("the view was read over NBD");
        } finally {
            views.abortJob(view);
            String checkpoint = view.plan().checkpoint();
            if (checkpoint != null) {
                views.dropCheckpoint(vm, checkpoint);
            }
            views.deleteScratch(view.plan());
            views.removeSocket(view.plan());
        }
    }

    private View intent(Source source, String vm, UUID moment, FrozenViews.Planned p) {
        Instant now = clock.instant();
        return new View(
                moment,
                moment,
                1,
                source.id(),
                source.name(),
                vm,
                p.vmName(),
                moment,
                moment,
                BackupKind.FULL,
                List.of(),
                Phase.OPENING,
                p.plan(),
                p.vmState(),
                p.definition(),
                p.notes(),
                null,
                now,
                now,
                false,
                false,
                View.NOT_STARTED);
    }

    private String hint(String detail) {
        if (!detail.contains("ermission denied")) {
            return "";
        }
        String folder = settings.nbdDirectory().toString();
        return " QEMU may not use " + folder + ". Let its user write there: chown libvirt-qemu " + folder
                + " (or the user in /etc/libvirt/qemu.conf). With AppArmor add to"
                + " /etc/apparmor.d/abstractions/libvirt-qemu the lines: \"" + folder + "/** rwk,\"";
    }
}
