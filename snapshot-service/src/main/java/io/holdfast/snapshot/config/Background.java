package io.holdfast.snapshot.config;

import static io.holdfast.snapshot.app.Quietly.quietly;

import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.Puller;
import io.holdfast.snapshot.app.Reaper;
import io.holdfast.snapshot.app.ScratchWatch;
import io.holdfast.snapshot.app.Settings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Starts and stops what runs beside requests. */
@ApplicationScoped
public class Background {

    private static final Duration METRICS = Duration.ofSeconds(10);

    private final ScratchWatch scratch;
    private final Reaper reaper;
    private final Puller puller;
    private final Drivers drivers;
    private final Metrics metrics;
    private final Settings settings;
    private final HoldfastConfig config;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            3, r -> Thread.ofPlatform().name("background-", 0).daemon().unstarted(r));

    public Background(
            ScratchWatch scratch,
            Reaper reaper,
            Puller puller,
            Drivers drivers,
            Metrics metrics,
            Settings settings,
            HoldfastConfig config) {
        this.scratch = scratch;
        this.reaper = reaper;
        this.puller = puller;
        this.drivers = drivers;
        this.metrics = metrics;
        this.settings = settings;
        this.config = config;
    }

    void prepare(@Observes StartupEvent event) {
        try {
            Files.createDirectories(settings.nbdDirectory());
        } catch (IOException e) {
            throw new UncheckedIOException("holdfast.nbd.directory cannot be made", e);
        }
    }

    void start(@Observes Active event) {
        // First, and on a thread of its own: a guest may stand still since the early watch looked last.
        scratch.start(config.watchScratchEvery());
        EarlyWatch.OF_PROCESS.end();
        timer.execute(() -> quietly("what an earlier process left", reaper::reconcile));
        every(config.reapEvery(), "reaper", reaper::reap);
        every(METRICS, "metrics", metrics::refresh);
    }

    private void every(Duration period, String what, Runnable work) {
        var _ = timer.scheduleWithFixedDelay(
                () -> quietly(what, work), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) throws Exception {
        timer.shutdownNow();
        scratch.stop();
        puller.stopAll();
        if (drivers instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
