package io.holdfast.snapshot.app;

import io.holdfast.api.BackupKind;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceCheckResult;
import io.holdfast.snapshot.domain.Marks;
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
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Proves a source by doing on a small scale what a backup and a restore do: a helper VM, reserved scratch, a frozen view with
 * a checkpoint, reading it; and the other way round a helper VM that pulls what is served here. Where the hypervisor's
 * confinement denies that, the lines that allow it are said.
 */
public final class SourceCheck {

    private static final Logger LOG = Logger.getLogger(SourceCheck.class);
    private static final int FIRST_BYTES = 4096;

    private final SourceDirectory directory;
    private final Rows.Checks checks;
    private final NbdPorts ports;
    private final Nbd nbd;
    private final CheckHints hints;
    private final InstantSource clock;
    private final Set<UUID> running = ConcurrentHashMap.newKeySet();

    /** Both ends of what is handed over. */
    public record Nbd(BlockReader reader, BlockServer server) {}

    public SourceCheck(
            SourceDirectory directory,
            Rows.Checks checks,
            NbdPorts ports,
            Nbd nbd,
            Settings settings,
            InstantSource clock) {
        this.directory = directory;
        this.checks = checks;
        this.ports = ports;
        this.nbd = nbd;
        this.hints = new CheckHints(settings.nbdDirectory());
        this.clock = clock;
    }

    /** Error: {@code source-check-failed} with what did not work and what to do. */
    public SourceCheckResult run(String name) {
        Source source = directory.find(name);
        return directory.reach(source, driver -> run(source, driver));
    }

    private SourceCheckResult run(Source source, Driver driver) {
        UUID id = UUID.randomUUID();
        running.add(id);
        checks.begin(new Rows.Checks.Check(id, source.id()));
        RuntimeException failure = null;
        try {
            return new SourceCheckResult(tried(source, driver, id));
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            cleanUp(driver, id, failure);
            running.remove(id);
        }
    }

    /** What cannot be removed now has its row, and is removed by the reaper. */
    private void cleanUp(Driver driver, UUID id, @org.jspecify.annotations.Nullable RuntimeException failure) {
        try {
            Undisturbed.run(() -> {
                driver.probe().close(id);
                checks.end(id);
            });
        } catch (RuntimeException e) {
            if (failure != null) {
                failure.addSuppressed(e);
            }
            LOG.warnf("what a source check made is removed later: %s", e.getMessage());
        }
    }

    /** Removes what checks left that were cut off. */
    public void reap(Source source) {
        for (Rows.Checks.Check check : checks.all()) {
            if (check.source().equals(source.id()) && !running.contains(check.id())) {
                directory.reach(source, d -> {
                    d.probe().close(check.id());
                    return check;
                });
                checks.end(check.id());
                LOG.infof("source %s: what a check left was removed", source.name());
            }
        }
    }

    private List<String> tried(Source source, Driver driver, UUID id) {
        List<String> lines = new ArrayList<>();
        String step = "connect";
        try {
            driver.inventory().ping();
            lines.add("connected");
            step = "start a helper VM";
            String vm = driver.probe().open(id);
            lines.add("a helper VM was started, paused");
            step = "open and read a frozen view of the helper VM";
            List<String> viewed = ports.with(source, port -> view(source, driver.views(), vm, id, port));
            lines.addAll(viewed);
            step = "have a helper VM pull what is served here, as a restore does";
            pull(source, driver.probe(), id, lines);
            return List.copyOf(lines);
        } catch (ApiException e) {
            throw new ApiException(
                    ErrorCode.SOURCE_CHECK_FAILED,
                    "Could not " + step + ": " + e.detail() + hints.of(e.detail(), source.nbd()),
                    e);
        }
    }

    private List<String> view(Source source, FrozenViews driver, String vm, UUID id, int port) {
        List<String> lines = new ArrayList<>();
        FrozenViews.Planned planned = driver.plan(vm, id, id, id, port);
        View view = intent(source, vm, id, planned);
        driver.reserveScratch(view.plan());
        lines.add("scratch was reserved in pool "
                + view.plan().disks().getFirst().scratch().pool());
        view = view.withPlan(driver.chooseBases(view, List.of()));
        view = view.taken(driver.begin(view));
        lines.add("a frozen view with a checkpoint was opened");
        if (view.plan().port() > 0) {
            lines.add("not tried: reading the view, which is served over TLS on port "
                    + view.plan().port() + "; that takes a worker's certificate");
        } else {
            ViewPlan.Disk disk = view.plan().disks().getFirst();
            nbd.reader().readFirst(driver.endpoint(view.plan(), disk), FIRST_BYTES);
            lines.add("the view was read over NBD");
        }
        driver.abortJob(view);
        String checkpoint = view.plan().checkpoint();
        if (checkpoint != null) {
            boolean dropped = driver.dropCheckpoint(vm, checkpoint);
            LOG.debugf("the check's checkpoint was dropped: %s", dropped);
        }
        return lines;
    }

    private void pull(Source source, SourceProbe probe, UUID id, List<String> lines) {
        if (!source.nbd().equals("unix")) {
            lines.add("not tried: the hypervisor pulling from restore-service over TLS; that takes its certificate");
            return;
        }
        try (BlockServer.Served served = nbd.server().serve(Marks.checkSocket(id))) {
            probe.pull(id, served.endpoint(), served.bytes());
            if (served.bytesRead() < served.bytes()) {
                throw new ApiException(ErrorCode.NBD_ERROR, "The hypervisor did not read all that was served.");
            }
            lines.add("a helper VM pulled what was served here, as a restore does");
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
                View.NOT_STARTED,
                null);
    }
}
