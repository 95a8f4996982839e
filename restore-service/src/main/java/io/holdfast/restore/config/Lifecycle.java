package io.holdfast.restore.config;

import io.holdfast.jobs.JobRunner;
import io.holdfast.restore.app.ReadLedger;
import io.holdfast.restore.app.VaultPool;
import io.holdfast.restore.nbd.PointServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Starts serving and running with the process; on SIGTERM drains the runner first, then stops serving. */
@ApplicationScoped
public class Lifecycle {

    private final JobRunner runner;
    private final PointServer server;
    private final VaultPool vaults;
    private final ReadLedger ledger;
    private final RestoreConfig config;
    private final MeterRegistry meters;
    private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("vault-sweeper").factory());

    Lifecycle(
            JobRunner runner,
            PointServer server,
            VaultPool vaults,
            ReadLedger ledger,
            RestoreConfig config,
            MeterRegistry meters) {
        this.runner = runner;
        this.server = server;
        this.vaults = vaults;
        this.ledger = ledger;
        this.config = config;
        this.meters = meters;
    }

    void started(@Observes StartupEvent event) {
        meters.gauge("holdfast.jobs.running", runner, JobRunner::running);
        meters.gauge("holdfast.vaults.open", vaults, VaultPool::size);
        meters.gauge("holdfast.served.connections", server, PointServer::connections);
        meters.more().counter("holdfast.served.bytes", Tags.empty(), ledger, ReadLedger::bytesServed);
        meters.more().counter("holdfast.served.damaged.reads", Tags.empty(), ledger, ReadLedger::damagedReads);
        long seconds = Math.max(1, config.idle().toSeconds() / 2);
        var _ = sweeper.scheduleWithFixedDelay(
                () -> vaults.closeIdle(config.idle()), seconds, seconds, TimeUnit.SECONDS);
        runner.start();
    }

    void stopping(@Observes ShutdownEvent event) throws InterruptedException {
        sweeper.shutdownNow();
        try {
            runner.drain(config.drainGrace());
        } finally {
            server.close();
            vaults.close();
        }
    }
}
