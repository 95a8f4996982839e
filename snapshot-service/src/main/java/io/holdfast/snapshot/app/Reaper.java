package io.holdfast.snapshot.app;

import static io.holdfast.snapshot.app.Quietly.quietly;

import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.View.Phase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Ends what nobody renews and finishes what was begun, at start-up and then regularly. It never touches a checkpoint that
 * the catalog has not spoken about.
 */
public final class Reaper {

    private static final Logger LOG = Logger.getLogger(Reaper.class);
    /** Nothing of a job comes this late: a request lives minutes, and so does a runner without a lease. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private final TargetEnd.Tables tables;
    private final Rows.JobEnds ends;
    private final ViewOperations operations;
    private final TargetEnd targetEnd;
    private final Puller puller;
    private final SnapshotUpkeep snapshots;
    private final SourceCheck check;
    private final Drivers drivers;
    private final VmLocks locks;
    private final InstantSource clock;

    /** What the reaper has others do. */
    public record Hands(
            ViewOperations views, TargetEnd targets, Puller puller, SnapshotUpkeep snapshots, SourceCheck check) {}

    public Reaper(
            TargetEnd.Tables tables,
            Rows.JobEnds ends,
            Hands hands,
            Drivers drivers,
            VmLocks locks,
            InstantSource clock) {
        this.tables = tables;
        this.ends = ends;
        this.operations = hands.views();
        this.targetEnd = hands.targets();
        this.puller = hands.puller();
        this.snapshots = hands.snapshots();
        this.check = hands.check();
        this.drivers = drivers;
        this.locks = locks;
        this.clock = clock;
    }

    /** Once, at start-up. */
    public void reconcile() {
        for (Target target : tables.targets().open()) {
            if (target.state() == State.FILLING) {
                puller.start(target, Map.of());
            } else if (TargetRules.finishing(target)) {
                quietly("target of job " + target.job(), () -> targetEnd.goOn(target.job()));
            }
        }
        reap();
    }

    /** Regularly, every half minute or so. */
    public void reap() {
        for (Source source : tables.sources().all()) {
            quietly("snapshots of " + source.name(), () -> snapshots.reconcile(source));
            quietly("checks of " + source.name(), () -> check.reap(source));
        }
        for (View view : tables.views().unclosed()) {
            quietly("view of job " + view.job(), () -> reap(view));
        }
        for (Target target : tables.targets().open()) {
            if (TargetRules.owesCleanUp(target)) {
                quietly("target of job " + target.job(), () -> targetEnd.goOn(target.job()));
            } else if (TargetRules.unfinished(target) && target.expiresAt().isBefore(clock.instant())) {
                LOG.warnf("job %s: target expired", target.job());
                quietly("target of job " + target.job(), () -> targetEnd.expire(target.job()));
            }
        }
        for (Source source : tables.sources().all()) {
            quietly("vanished VMs of " + source.name(), () -> dropOfVanished(source));
        }
        dropCheckpoints();
        Instant remembered = clock.instant().minus(REMEMBERED);
        quietly("ends of jobs", () -> ends.forgetBefore(remembered));
        quietly("ended targets", () -> tables.targets().forgetBefore(remembered));
    }

    private void reap(View seen) {
        if (seen.phase() == Phase.FREED || seen.phase() == Phase.CLOSED) {
            return;
        }
        boolean expired = seen.expiresAt().isBefore(clock.instant());
        if (seen.phase().live() && !expired) {
            return;
        }
        locks.with(seen.source(), seen.vm(), () -> {
            View view = tables.views().change(seen.moment(), this::expire);
            if (view.phase() == Phase.FREEING || view.phase() == Phase.CLOSING) {
                operations.close(view);
            }
            return view;
        });
    }

    private View expire(View view) {
        if (!view.phase().live() || !view.expiresAt().isBefore(clock.instant())) {
            return view;
        }
        LOG.warnf("job %s: view expired", view.job());
        return view.freeing();
    }

    /** libvirt forgot the checkpoints of a VM that is gone; a VM with its id that comes back begins anew. */
    private void dropOfVanished(Source source) {
        Set<String> vms = tables.checkpoints().all().stream()
                .filter(c -> c.source().equals(source.id()) && c.state() != Checkpoint.State.DROPPING)
                .map(Checkpoint::vm)
                .collect(Collectors.toSet());
        if (vms.isEmpty()) {
            return;
        }
        drivers.of(source).inventory().names().forEach(n -> vms.remove(n.id()));
        for (String vm : vms) {
            locks.with(source.id(), vm, () -> {
                // It may have come since the list was made.
                boolean gone = drivers.of(source).inventory().vm(vm).isEmpty();
                int dropped = gone ? tables.checkpoints().dropOfVm(source.id(), vm) : 0;
                LOG.infof("source %s: VM %s is gone, so are its %d checkpoints", source.name(), vm, dropped);
                return dropped;
            });
        }
    }

    private void dropCheckpoints() {
        Set<String> done = new HashSet<>();
        for (Checkpoint c : tables.checkpoints().all()) {
            if (c.state() == Checkpoint.State.DROPPING && done.add(c.source() + "/" + c.vm())) {
                quietly(
                        "checkpoints of " + c.vm(),
                        () -> locks.with(c.source(), c.vm(), () -> {
                            operations.sweep(c.source(), c.vm());
                            return c;
                        }));
            }
        }
    }
}
