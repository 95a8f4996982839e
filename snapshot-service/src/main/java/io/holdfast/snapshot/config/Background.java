package io.holdfast.snapshot.config;

import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.Puller;
import io.holdfast.snapshot.app.Reaper;
import io.holdfast.snapshot.app.Settings;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Starts and stops what runs beside requests. */
@ApplicationScoped
public class Background {

    private static final Logger LOG = Logger.getLogger(Background.class);

    private final Reaper reaper;
    private final Puller puller;
    private final Drivers drivers;
    private final Settings settings;
    private final HoldfastConfig config;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            2, r -> Thread.ofPlatform().name("background-", 0).daemon().unstarted(r));

    public Background(Reaper reaper, Puller puller, Drivers drivers, Settings settings, HoldfastConfig config) {
        this.reaper = reaper;
        this.puller = puller;
        this.drivers = drivers;
        this.settings = settings;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        try {
            Files.createDirectories(settings.nbdDirectory());
        } catch (IOException e) {
            throw new UncheckedIOException("holdfast.nbd.directory cannot be made", e);
        }
        if (config.background()) {
            timer.execute(() -> quietly(reaper::reconcile));
            every(config.reapEvery().toMillis(), reaper::reap);
            every(config.watchScratchEvery().toMillis(), reaper::watchScratch);
        }
    }

    private void every(long millis, Runnable work) {
        var _ = timer.scheduleWithFixedDelay(() -> quietly(work), millis, millis, TimeUnit.MILLISECONDS);
    }

    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warnf(e, "background work failed and is tried again");
        }
    }

    void stop(@Observes ShutdownEvent event) throws Exception {
        timer.shutdownNow();
        puller.stopAll();
        if (drivers instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
