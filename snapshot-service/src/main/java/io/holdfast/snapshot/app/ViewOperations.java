package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.View.Phase;
import io.holdfast.snapshot.domain.ViewSeen;
import io.holdfast.snapshot.domain.ViewStep;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Drives a view to what its phase wants: look, take the next step, look again. Callers hold the VM's lock. A crash between
 * any two steps is harmless: the next drive looks first.
 */
public final class ViewOperations {

    private static final Logger LOG = Logger.getLogger(ViewOperations.class);
    /** An opening has eight steps at most, a closing four; more means that a step does not do what it says. */
    private static final int MAX_STEPS = 24;

    private final Rows.Sources sources;
    private final Rows.Views views;
    private final Rows.Checkpoints checkpoints;
    private final Drivers drivers;
    private final InstantSource clock;

    public ViewOperations(
            Rows.Sources sources,
            Rows.Views views,
            Rows.Checkpoints checkpoints,
            Drivers drivers,
            InstantSource clock) {
        this.sources = sources;
        this.views = views;
        this.checkpoints = checkpoints;
        this.drivers = drivers;
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
            switch (ViewStep.next(view, seen)) {
                case ViewStep.Ready _ -> {
                    return Optional.of(view);
                }
                case ViewStep.Lost lost -> {
                    LOG.warnf("job %s: view lost: %s", view.job(), lost.why());
                    close(views.change(view.moment(), v -> v.withPhase(Phase.FREEING)));
                    return Optional.empty();
                }
                case ViewStep.Refuse no -> throw new ApiException(no.code(), no.why() + ".");
                case ViewStep step -> view = perform(step, view, driver);
            }
        }
        throw new ApiException(ErrorCode.INTERNAL, "Opening the view does not come to an end.");
    }

    private View perform(ViewStep step, View view, FrozenViews driver) {
        LOG.infof(
                "job %s: view of %s: %s",
                view.job(), view.vmName(), step.getClass().getSimpleName());
        switch (step) {
            case ViewStep.ReserveScratch _ -> driver.reserveScratch(view.plan());
            case ViewStep.Wake _ -> driver.wake(view);
            case ViewStep.StartHelper _ -> driver.startHelper(view);
            case ViewStep.ChooseBases _ -> {
                var plan = driver.chooseBases(view, bases(view));
                return views.change(view.moment(), v -> v.withPlan(plan));
            }
            case ViewStep.Begin _ -> {
                Instant at = driver.begin(view);
                return views.change(view.moment(), v -> v.taken(at));
            }
            case ViewStep.Adopt _ -> {
                Instant found = driver.begun(view);
                Instant at = found == null ? clock.instant() : found;
                return views.change(view.moment(), v -> v.taken(at));
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
            close(views.giveUp(moment));
        } catch (RuntimeException e) {
            LOG.warnf("moment %s: clean-up is left to the reaper: %s", moment, e.getMessage());
        }
    }

    /** Frees everything but checkpoints the catalog has not spoken about. */
    public void close(View start) {
        FrozenViews driver = driver(start);
        for (int i = 0; i < MAX_STEPS; i++) {
            ViewStep step = ViewStep.next(start, driver.observe(start));
            if (step instanceof ViewStep.Done) {
                Phase end = start.phase() == Phase.CLOSING ? Phase.CLOSED : Phase.FREED;
                views.change(start.moment(), v -> v.withPhase(end));
                sweep(start.source(), start.vm());
                LOG.infof("job %s: view of %s: %s", start.job(), start.vmName(), end);
                return;
            }
            perform(step, start, driver);
        }
        throw new ApiException(ErrorCode.INTERNAL, "Closing the view does not come to an end.");
    }

    /** Drops a VM's checkpoints that nobody needs, unless a view is open: libvirt would keep us waiting. */
    public void sweep(UUID source, String vm) {
        boolean busy = views.unclosed().stream()
                .anyMatch(v -> v.source().equals(source)
                        && v.vm().equals(vm)
                        && v.phase().live());
        if (busy) {
            return;
        }
        for (Checkpoint c : checkpoints.ofVm(source, vm)) {
            if (c.state() == Checkpoint.State.DROPPING && driver(source).dropCheckpoint(vm, c.name())) {
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
