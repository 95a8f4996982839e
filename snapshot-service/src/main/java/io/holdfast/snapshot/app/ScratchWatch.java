package io.holdfast.snapshot.app;

import static io.holdfast.snapshot.app.Quietly.quietly;

import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps guests from standing still for lack of scratch, which only sources with a scratch limit can come to: it ends the
 * backup and lets the guest go on. It looks at every view whose job may run, whatever its phase, takes no VM's lock and
 * waits for nobody: sources are looked at side by side, and a view is ended beside the next look. What else has to be
 * freed is left to the reaper. Thread-safe.
 */
public final class ScratchWatch {

    private static final Logger LOG = Logger.getLogger(ScratchWatch.class);

    private final Supplier<List<Source>> sources;
    private final Rows.Guarded views;
    private final Drivers drivers;
    private final Rescues rescues;
    private @Nullable ScheduledExecutorService timer;

    public ScratchWatch(Supplier<List<Source>> sources, Rows.Guarded views, Drivers drivers, Rescues rescues) {
        this.sources = sources;
        this.views = views;
        this.drivers = drivers;
        this.rescues = rescues;
    }

    /** Looks now and then again and again. */
    public synchronized void start(Duration period) {
        ScheduledExecutorService fresh = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("scratch-watch").daemon().factory());
        var _ = fresh.scheduleWithFixedDelay(
                () -> quietly("scratch", this::look), 0, period.toMillis(), TimeUnit.MILLISECONDS);
        timer = fresh;
    }

    public synchronized void stop() {
        if (timer != null) {
            timer.shutdownNow();
            timer = null;
        }
    }

    /** How many views were ended because scratch ran full. */
    public long ended() {
        return rescues.ended();
    }

    private void look() {
        List<View> watched =
                views.unclosed().stream().filter(ScratchWatch::mayRun).toList();
        for (Source source : watched.isEmpty() ? List.<Source>of() : sources.get()) {
            List<View> here =
                    watched.stream().filter(v -> v.source().equals(source.id())).toList();
            if (source.scratchLimitBytes() != null && !here.isEmpty()) {
                rescues.beside(source.id(), "scratch of " + source.name(), () -> look(source, here));
            }
        }
    }

    private static boolean mayRun(View view) {
        return switch (view.phase()) {
            case OPENING, OPEN, FREEING, CLOSING -> true;
            case FREED, CLOSED -> false;
        };
    }

    private void look(Source source, List<View> here) {
        FrozenViews driver = drivers.of(source).urgent();
        for (View view : here) {
            quietly("scratch of job " + view.job(), () -> {
                if (standsStill(view, driver)) {
                    rescues.beside(view.moment(), "scratch of job " + view.job(), () -> again(view.moment(), driver));
                }
            });
        }
    }

    private static boolean standsStill(View view, FrozenViews driver) {
        return view.owesResume() || driver.scratchOverflowed(view);
    }

    /** Between the look and now the other watch may have done it all. */
    private void again(UUID moment, FrozenViews driver) {
        boolean still =
                views.unclosed().stream().filter(v -> v.moment().equals(moment)).anyMatch(v -> standsStill(v, driver));
        if (still) {
            end(moment, driver);
        }
    }

    /** Each part can be repeated; until the last one is done every look comes back here. */
    private void end(UUID moment, FrozenViews driver) {
        View view = views.change(moment, View::full);
        LOG.warnf("job %s: scratch is full; the view ends so that the guest goes on", view.job());
        driver.abortJob(view);
        driver.resume(view);
        views.change(moment, View::letGo);
        rescues.count();
    }
}
