package io.holdfast.catalog.config;

import io.holdfast.api.job.JobKind;
import io.holdfast.api.problem.ApiException;
import io.holdfast.catalog.app.port.Meters;
import io.holdfast.catalog.app.port.OutboxStore;
import io.holdfast.catalog.persistence.JobCounts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Prometheus metrics. Gauges show the whole database, not this replica, and are read every ten seconds. */
@ApplicationScoped
class Metrics implements Meters {

    private static final Logger LOG = Logger.getLogger(Metrics.class);

    private final JobCounts counts;
    private final OutboxStore outbox;
    private final MultiGauge jobs;
    private final MultiGauge rates;
    private final MeterRegistry registry;
    private final TransactionSynchronizationRegistry transactions;
    private final AtomicLong outboxDepth = new AtomicLong();
    private final Counter expired;
    private final Counter read;
    private final Counter stored;
    private final Counter outboxFailures;

    Metrics(
            JobCounts counts,
            OutboxStore outbox,
            MeterRegistry registry,
            TransactionSynchronizationRegistry transactions) {
        this.registry = registry;
        this.transactions = transactions;
        this.rates = MultiGauge.builder("holdfast.jobs.rate")
                .description("Bytes that the running jobs read or fill each second")
                .baseUnit("bytes")
                .register(registry);
        this.counts = counts;
        this.outbox = outbox;
        this.jobs = MultiGauge.builder("holdfast.jobs")
                .description("Jobs by state and kind")
                .register(registry);
        registry.gauge("holdfast.outbox.depth", outboxDepth);
        this.expired = Counter.builder("holdfast.lease.expiries")
                .description("Leases that ended without a word from the runner")
                .register(registry);
        this.read = bytes(registry, "holdfast.backup.read");
        this.stored = bytes(registry, "holdfast.backup.stored");
        this.outboxFailures = Counter.builder("holdfast.outbox.failures").register(registry);
    }

    private static Counter bytes(MeterRegistry registry, String name) {
        return Counter.builder(name).baseUnit("bytes").register(registry);
    }

    void refresh() {
        try {
            var rows = counts.byStateAndKind().stream()
                    .map(count ->
                            MultiGauge.Row.of(Tags.of("state", count.state(), "kind", count.kind()), count.jobs()))
                    .toList();
            jobs.register(rows, true);
            rates.register(
                    counts.rates().stream()
                            .map(rate -> MultiGauge.Row.of(Tags.of("kind", rate.kind()), rate.bytesPerSecond()))
                            .toList(),
                    true);
            outboxDepth.set(outbox.depth());
        } catch (ApiException e) {
            LOG.debugf("metrics keep their last values: %s", e.getMessage());
        }
    }

    @Override
    public void leaseExpired() {
        whenCommitted(expired::increment);
    }

    @Override
    public void committed(long readBytes, long storedBytes) {
        whenCommitted(() -> {
            read.increment((double) Math.max(0, readBytes));
            stored.increment((double) Math.max(0, storedBytes));
        });
    }

    @Override
    public void moved(JobKind kind, long bytes) {
        whenCommitted(() -> registry.counter("holdfast.jobs.moved.bytes", "kind", kind.name())
                .increment((double) bytes));
    }

    private void whenCommitted(Runnable count) {
        if (transactions.getTransactionKey() == null) {
            count.run();
            return;
        }
        transactions.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                // Nothing to do before.
            }

            @Override
            public void afterCompletion(int status) {
                if (status == Status.STATUS_COMMITTED) {
                    count.run();
                }
            }
        });
    }

    @Override
    public void outboxFailed() {
        whenCommitted(outboxFailures::increment);
    }
}
