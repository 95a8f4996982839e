package io.holdfast.catalog.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How the queue works. */
@ConfigMapping(prefix = "holdfast.jobs")
public interface JobsConfig {

    /** A job stays a runner's this long without a heartbeat. */
    @WithDefault("30")
    @Min(1)
    @Max(3600)
    int leaseSeconds();

    /** Data-moving jobs at once on one source. */
    @WithDefault("4")
    @Min(1)
    int maxPerSource();

    /** Data-moving jobs at once on one vault. */
    @WithDefault("8")
    @Min(1)
    int maxPerVault();

    /** Attempts that may fail or expire before the job does. */
    @WithDefault("5")
    @Min(1)
    @Max(100)
    int maxAttempts();

    /** The wait before the second attempt; doubles with each further one. */
    @WithDefault("1s")
    Duration backoffFirst();

    /** The longest wait between attempts. */
    @WithDefault("60s")
    Duration backoffMost();

    /**
     * A job that ends badly after an attempt that may have committed is looked at once more; when nobody can look (the vault
     * is away) it is tried for this long. The job keeps its VM until then.
     */
    @WithDefault("24h")
    Duration lookFor();

    /** An idempotency key is remembered this long. */
    @WithDefault("24h")
    Duration idempotencyKeep();

    /** Ended jobs are listed for this long; those of which a restore point is left stay. */
    @WithDefault("90d")
    Duration keep();

    /** Audit rows are kept for this long. */
    @WithDefault("365d")
    Duration auditKeep();

    /** How often what is older is dropped. */
    @WithDefault("1h")
    Duration prune();

    /** How often ended leases are looked for and the outbox is emptied. */
    @WithDefault("1s")
    Duration tick();

    /** How often what metrics say of the queue is read from the database. */
    @WithDefault("10s")
    Duration metrics();
}
