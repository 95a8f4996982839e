package io.holdfast.catalog.config;

import io.holdfast.catalog.app.queue.DispatchOutbox;
import io.holdfast.catalog.app.queue.ExpireLeases;
import io.holdfast.catalog.app.queue.PruneHistory;
import io.holdfast.catalog.issuer.Issuer;
import io.holdfast.catalog.persistence.Sealer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * What has to be true before the first request (seal key, issuer, tokens) and what is done again and again afterwards.
 * Start-up observers run before the HTTP port opens; one that throws ends the service.
 */
@ApplicationScoped
class Upkeep {

    private static final Logger LOG = Logger.getLogger(Upkeep.class);

    private final JobsConfig jobs;
    private final IssuerConfig issuerConfig;
    private final Instance<Issuer> issuer;
    private final Instance<Sealer> sealer;
    private final ExpireLeases expire;
    private final DispatchOutbox outbox;
    private final PruneHistory prune;
    private final Metrics metrics;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            3, Thread.ofPlatform().name("catalog-upkeep-", 0).factory());

    Upkeep(
            JobsConfig jobs,
            IssuerConfig issuerConfig,
            Instance<Issuer> issuer,
            Instance<Sealer> sealer,
            ExpireLeases expire,
            DispatchOutbox outbox,
            PruneHistory prune,
            Metrics metrics) {
        this.jobs = jobs;
        this.issuerConfig = issuerConfig;
        this.issuer = issuer;
        this.sealer = sealer;
        this.expire = expire;
        this.outbox = outbox;
        this.prune = prune;
        this.metrics = metrics;
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        // The first call reads the key file and checks it.
        sealer.get().fingerprint("start");
        if (issuerConfig.enabled()) {
            issuer.get().renew();
            every(Duration.ofHours(1), "token renewal", issuer.get()::renew);
        }
        every(jobs.tick(), "lease expiry", expire::run);
        every(jobs.tick(), "outbox", this::emptyOutbox);
        every(jobs.prune(), "pruning", () -> prune.run(jobs.keep(), jobs.auditKeep()));
        every(jobs.metrics(), "metrics", metrics::refresh);
    }

    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
    }

    private void emptyOutbox() {
        while (!Thread.currentThread().isInterrupted() && outbox.runOne()) {
            LOG.debug("one more message");
        }
    }

    private void every(Duration period, String what, Runnable work) {
        Runnable guarded = () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                // A thrown exception would end the schedule; the next round may find the database back.
                LOG.warnf("%s failed: %s", what, e.getMessage());
            } catch (Throwable e) {
                // So would an Error.
                LOG.errorf(e, "%s failed", what);
            }
        };
        var _ = timer.scheduleWithFixedDelay(guarded, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }
}
