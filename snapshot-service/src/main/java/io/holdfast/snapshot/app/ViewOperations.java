package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.ViewSeen;
import io.holdfast.snapshot.domain.ViewStep;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Drives a view to what its phase wants: look, take the next step, look again. Callers hold the VM's lock. A crash between
 * any two steps is harmless: the next drive looks first.
 */
public final class ViewOperations {

    private static final Logger LOG = Logger.getLogger(ViewOperations.class);
    /** An opening has eight steps at most, a closing four; more means that a step does not do what it says. */
    private static final int MAX_STEPS = 24;
    /** Between the first block job's end and the job's end; on an idle machine that is a few milliseconds. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);

    private final Rows.Sources sources;
    private final Rows.Views views;
    private final Rows.Checkpoints checkpoints;
    private final Drivers drivers;
    private final Pause pause;
    private final InstantSource clock;

    public ViewOperations(
            Rows.Sources sources,
            Rows.Views views,
            Rows.Checkpoints checkpoints,
            Drivers drivers,
            Pause pause,
            InstantSource clock) {
        this.sources = sources;
        this.views = views;
        this.checkpoints = checkpoints;
        this.drivers = drivers;
        this.pause = pause;
        this.clock = clock;
    }

    /** Opens; empty when the moment was lost, which the row then says. */
    public Optional<View> open(View view) {
        FrozenViews driver = driver(view);
        try {
            return opened(view, driver);
        } catch (RuntimeException e) {
            if (view.takenAt() == null) {
                abandonOpening(view.moment());
            }
            throw e;
        }
    }

    private Optional<View> opened(View start, FrozenViews driver) {
        View view = start;
        for (int i = 0; i < MAX_STEPS; i++) {
            ViewSeen seen = driver.observe(view);
            if (seen.job() == ViewSeen.Job.FOREIGN && view.takenAt() == null && endStray(view, driver)) {
                continue;
            }
            switch (ViewStep.next(view, seen)) {
                case ViewStep.Ready _ -> {
                    return Optional.of(view);
                }
                case ViewStep.Lost lost -> {
                    lose(view, lost.why());
                    return Optional.empty();
                }
                case ViewStep.Refuse no -> throw new ApiException(no.code(), no.why() + ".");
                case ViewStep step -> view = perform(step, view, driver);
            }
        }
        throw new ApiException(ErrorCode.INTERNAL, "Opening the view does not come to an end.");
    }

    /** A job of ours whose row is gone would keep the VM busy for ever. */
    private boolean endStray(View view, FrozenViews driver) {
        boolean ended = driver.endStray(view, () -> Leftovers.Owned.byViews(views.unclosed()));
        if (ended) {
            LOG.warnf("job %s: a backup job of %s that nobody owns was ended", view.job(), view.vmName());
        }
        return ended;
    }

    private void lose(View view, String why) {
        LOG.warnf("job %s: view lost: %s", view.job(), why);
        close(views.change(view.moment(), View::freeing));
    }

    /**
     * Looks whether the hypervisor still has the frozen moment, and frees the view otherwise. It looks twice: a job that
     * is being ended still shows for a moment, while its exports serve live data already.
     */
    public boolean alive(View view) {
        FrozenViews driver = driver(view);
        for (int look = 0; look < 2; look++) {
            if (look > 0) {
                betweenLooks();
            }
            if (driver.observe(view).job() != ViewSeen.Job.OURS) {
                LOG.warnf("job %s: view lost: the hypervisor no longer has the frozen moment", view.job());
                views.change(view.moment(), View::freeing);
                return false;
            }
        }
        return views.change(view.moment(), v -> v).phase().live();
    }

    private void betweenLooks() {
        try {
            pause.pause(BETWEEN_LOOKS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.UNAVAILABLE, "The service is stopping; try again.", e);
        }
    }

    private View perform(ViewStep step, View view, FrozenViews driver) {
        LOG.infof(
                "job %s: view of %s: %s",
                view.job(), view.vmName(), step.getClass().getSimpleName());
        switch (step) {
            case ViewStep.ReserveScratch _ -> driver.reserveScratch(view.plan());
            case ViewStep.Wake _ -> {
                return wake(view, driver);
            }
            case ViewStep.NoteStart note -> {
                return views.change(view.moment(), v -> v.started(note.run()));
            }
            case ViewStep.StartHelper _ -> driver.startHelper(view);
            case ViewStep.ChooseBases _ -> {
                var plan = driver.chooseBases(view, bases(view));
                return views.change(view.moment(), v -> v.withPlan(plan));
            }
            case ViewStep.Begin _ -> {
                return begin(view, driver);
            }
            case ViewStep.Adopt _ -> {
                Instant found = driver.begun(view);
                Instant at = found == null ? clock.instant() : found;
                return stillWanted(views.change(view.moment(), v -> v.taken(at)));
            }
            case ViewStep.MarkFull _ -> {
                return views.change(view.moment(), View::full);
            }
            case ViewStep.Resume _ -> {
                driver.resume(view);
                return views.change(view.moment(), View::letGo);
            }
            case ViewStep.AbortJob _ -> driver.abortJob(view);
            case ViewStep.StopDomain _ -> {
                sweep(view.source(), view.vm());
                driver.stopDomain(view);
            }
            case ViewStep.DeleteScratch _ -> driver.deleteScratch(view.plan());
            case ViewStep.RemoveSocket _ -> driver.removeSocket(view.plan());
            case ViewStep.Ready _, ViewStep.Lost _, ViewStep.Refuse _, ViewStep.Done _ ->
                throw new IllegalStateException("not a step that does something: " + step);
        }
        return view;
    }

    private View begin(View view, FrozenViews driver) {
        Instant now = clock.instant();
        // Reserving may have taken minutes, in which the job may have ended.
        View asked = stillWanted(views.change(view.moment(), v -> v.phase().live() ? v.asked(now) : v));
        Instant at;
        try {
            at = driver.begin(asked);
        } catch (ApiException e) {
            if (!SnapshotUpkeep.outcomeUnknown(e)) {
                views.change(view.moment(), v -> v.asked(null));
            }
            throw e;
        }
        return stillWanted(views.change(view.moment(), v -> v.taken(at)));
    }

    private View wake(View view, FrozenViews driver) {
        View intent = views.change(view.moment(), v -> v.started(View.STARTING));
        int run;
        try {
            run = driver.wake(intent);
        } catch (ApiException e) {
            if (!e.code().retryable() || e.code() == ErrorCode.VM_BUSY) {
                // The hypervisor said no: what runs now or later is somebody else's.
                views.change(view.moment(), v -> v.started(View.NOT_STARTED));
            }
            throw e;
        }
        return views.change(view.moment(), v -> v.started(run));
    }

    /** An opening whose end was asked for meanwhile goes no further. */
    private static View stillWanted(View now) {
        if (now.phase().live()) {
            return now;
        }
        throw now.scratchFull()
                ? ScratchFull.problem(now)
                : new ApiException(ErrorCode.JOB_ENDED, "This job's view was settled while it was being opened.");
    }

    private List<FrozenViews.Base> bases(View view) {
        List<Checkpoint> line = checkpoints.line(view.source(), view.vm(), view.vault());
        List<FrozenViews.Base> found = new ArrayList<>();
        for (UUID point : view.bases()) {
            line.stream()
                    .filter(c ->
                            c.state() == Checkpoint.State.COMMITTED && c.point().equals(point))
                    .findFirst()
                    .ifPresent(c -> found.add(new FrozenViews.Base(point, c.name())));
        }
        return found;
    }

    private void abandonOpening(UUID moment) {
        try {
            View given = views.giveUp(moment);
            if (!given.phase().live()) {
                close(given);
            }
        } catch (RuntimeException e) {
            LOG.warnf("moment %s: clean-up is left to the reaper: %s", moment, e.getMessage());
        }
    }

    /** Frees everything but checkpoints the catalog has not spoken about. */
    public void close(View start) {
        FrozenViews driver = driver(start);
        View view = start;
        for (int i = 0; i < MAX_STEPS; i++) {
            ViewStep step = ViewStep.next(view, driver.observe(view));
            if (step instanceof ViewStep.Done && view.mayStillBegin(clock.instant())) {
                LOG.debugf("job %s: view of %s: kept for what may still come", view.job(), view.vmName());
                return;
            }
            if (step instanceof ViewStep.Done) {
                View end = views.change(view.moment(), View::gone);
                sweep(view.source(), view.vm());
                LOG.infof("job %s: view of %s: %s", view.job(), view.vmName(), end.phase());
                return;
            }
            view = perform(step, view, driver);
        }
        throw new ApiException(ErrorCode.INTERNAL, "Closing the view does not come to an end.");
    }

    /** Drops a VM's checkpoints that nobody needs, unless a view is open: libvirt would keep us waiting. */
    public void sweep(UUID source, String vm) {
        List<View> here = views.unclosed().stream()
                .filter(v -> v.source().equals(source) && v.vm().equals(vm))
                .toList();
        if (here.stream().anyMatch(v -> v.phase().live())) {
            return;
        }
        // A checkpoint that is not there may come with a freeze that was asked for.
        Set<UUID> coming = here.stream()
                .filter(v -> v.mayStillBegin(clock.instant()))
                .map(View::moment)
                .collect(Collectors.toSet());
        for (Checkpoint c : checkpoints.ofVm(source, vm)) {
            boolean drops = c.state() == Checkpoint.State.DROPPING && !coming.contains(c.moment());
            if (drops && driver(source).dropCheckpoint(vm, c.name())) {
                checkpoints.remove(c.moment());
                LOG.infof("job %s: checkpoint %s dropped", c.job(), c.name());
            }
        }
    }

    private FrozenViews driver(View view) {
        return driver(view.source());
    }

    private FrozenViews driver(UUID id) {
        Source source = sources.byId(id)
                .orElseThrow(() -> new ApiException(ErrorCode.SOURCE_NOT_FOUND, "The view's source is gone."));
        return drivers.of(source).views();
    }
}
