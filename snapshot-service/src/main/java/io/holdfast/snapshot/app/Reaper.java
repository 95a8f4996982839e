package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.View.Phase;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Ends what nobody renews and finishes what was begun, at start-up and then regularly. It never touches a checkpoint that
 * the catalog has not spoken about.
 */
public final class Reaper {

    private static final Logger LOG = Logger.getLogger(Reaper.class);

    private final TargetEnd.Tables tables;
    private final ViewOperations operations;
    private final TargetEnd targetEnd;
    private final Puller puller;
    private final SnapshotWork snapshotWork;
    private final Drivers drivers;
    private final VmLocks locks;
    private final InstantSource clock;

    /** What the reaper has others do. */
    public record Hands(ViewOperations views, TargetEnd targets, Puller puller, SnapshotWork snapshots) {}

    public Reaper(TargetEnd.Tables tables, Hands hands, Drivers drivers, VmLocks locks, InstantSource clock) {
        this.tables = tables;
        this.operations = hands.views();
        this.targetEnd = hands.targets();
        this.puller = hands.puller();
        this.snapshotWork = hands.snapshots();
        this.drivers = drivers;
        this.locks = locks;
        this.clock = clock;
    }

    /** Once, at start-up. */
    public void reconcile() {
        for (Source source : tables.sources().all()) {
            quietly("snapshots of " + source.name(), () -> snapshotWork.reconcile(source));
        }
        for (Target target : tables.targets().all()) {
            if (target.state() == State.FILLING) {
                puller.start(target, Map.of());
            } else if (TargetRules.finishing(target)) {
                quietly("target of job " + target.job(), () -> targetEnd.goOn(target.job()));
            }
        }
        watchScratch();
        reap();
    }

    /** Regularly, every half minute or so. */
    public void reap() {
        for (View view : tables.views().unclosed()) {
            quietly("view of job " + view.job(), () -> reap(view));
        }
        for (Target target : tables.targets().all()) {
            if (TargetRules.owesCleanUp(target)) {
                quietly("target of job " + target.job(), () -> targetEnd.goOn(target.job()));
            } else if (TargetRules.unfinished(target) && target.expiresAt().isBefore(clock.instant())) {
                LOG.warnf("job %s: target expired", target.job());
                quietly("target of job " + target.job(), () -> targetEnd.expire(target.job()));
            }
        }
        dropCheckpoints();
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
        return view.withPhase(Phase.FREEING);
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

    /** Every two seconds: no guest stands still for lack of scratch. Only sources with a limit can come to that. */
    public void watchScratch() {
        for (View view : tables.views().unclosed()) {
            if (view.phase() == Phase.OPEN) {
                quietly("scratch of job " + view.job(), () -> watchScratch(view));
            }
        }
    }

    private void watchScratch(View view) {
        Optional<Source> source = tables.sources().byId(view.source());
        Long limit = source.map(Source::scratchLimitBytes).orElse(null);
        if (source.isEmpty() || limit == null) {
            return;
        }
        FrozenViews driver = drivers.of(source.get()).views();
        if (driver.scratchOverflowed(view, limit)) {
            LOG.warnf("job %s: scratch is full; the view ends so that the guest goes on", view.job());
            View going = tables.views().change(view.moment(), v -> v.withPhase(Phase.FREEING));
            driver.abortJob(going);
            driver.resume(going);
            operations.close(going);
        }
    }

    private static void quietly(String what, Runnable work) {
        try {
            work.run();
        } catch (ApiException e) {
            LOG.warnf("%s: %s, later again: %s", what, e.code(), e.detail());
        } catch (RuntimeException e) {
            LOG.warnf(e, "%s: later again", what);
        }
    }
}
