package io.holdfast.snapshot.config;

import io.holdfast.snapshot.app.Pause;
import io.holdfast.snapshot.app.Rescues;
import io.holdfast.snapshot.app.ScratchWatch;
import io.holdfast.snapshot.app.Settings;
import io.holdfast.snapshot.libvirt.LibvirtDrivers;
import io.holdfast.snapshot.persistence.CredentialSeal;
import io.holdfast.snapshot.persistence.DatabaseLease;
import io.holdfast.snapshot.persistence.PlainRows;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Watches scratch from the first moment of the process on, until the service's own watch does. A guest may stand still since
 * the last process died, and it does not wait for a framework, a migration and an HTTP server. All it needs is in the
 * environment; where it is said elsewhere, there is no early watch. Thread-safe.
 */
public final class EarlyWatch {

    /** This process's. */
    static final EarlyWatch OF_PROCESS = new EarlyWatch();

    private static final Logger LOG = Logger.getLogger(EarlyWatch.class);
    private static final Duration EVERY = Duration.ofMillis(500);
    /** What it has begun with a hypervisor has come to its end by then: every call has a shorter deadline. */
    private static final Duration CALLS_OVER = Duration.ofMinutes(2);
    /** A look at a view and its end need none of these. */
    private static final Settings UNUSED = new Settings(Duration.ZERO, Duration.ZERO, 1, Path.of(""), "", 0);

    private final Rescues rescues = new Rescues();

    private volatile @Nullable DatabaseLease lease;

    // Guarded by this.
    private boolean over;
    private @Nullable ScratchWatch watch;
    private @Nullable LibvirtDrivers drivers;

    /** What it and the service's own watch do not do at the same time. */
    public Rescues rescues() {
        return rescues;
    }

    /** Begins on a thread of its own; whoever calls goes on at once. */
    public void begin(Map<String, String> environment) {
        String url = environment.get("QUARKUS_DATASOURCE_JDBC_URL");
        if (url == null || "false".equals(environment.get("HOLDFAST_SNAPSHOT_BACKGROUND"))) {
            return;
        }
        DatabaseLease fresh = new DatabaseLease(
                url,
                environment.getOrDefault("QUARKUS_DATASOURCE_USERNAME", ""),
                environment.getOrDefault("QUARKUS_DATASOURCE_PASSWORD", ""));
        lease = fresh;
        Thread.ofPlatform().name("early-watch").daemon().start(() -> {
            try {
                begin(url, environment, fresh);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warnf(e, "no early watch over scratch");
            }
        });
    }

    /** What this watch holds, so that the service does not take its own process for another. */
    Optional<DatabaseLease> lease() {
        return Optional.ofNullable(lease);
    }

    /** While another process is active, its watch looks. */
    private void begin(String url, Map<String, String> environment, DatabaseLease held) throws InterruptedException {
        while (!isOver()) {
            if (held.hold() == DatabaseLease.Holder.US) {
                watch(url, environment);
                return;
            }
            Pause.system().pause(EVERY);
        }
    }

    private synchronized boolean isOver() {
        return over;
    }

    private synchronized void watch(String url, Map<String, String> environment) {
        if (over) {
            return;
        }
        String key = environment.get("HOLDFAST_SEAL_KEY_FILE");
        PlainRows rows = new PlainRows(
                url,
                environment.getOrDefault("QUARKUS_DATASOURCE_USERNAME", ""),
                environment.getOrDefault("QUARKUS_DATASOURCE_PASSWORD", ""),
                new CredentialSeal(key == null ? null : SealKeyFile.read(Path.of(key))));
        drivers = new LibvirtDrivers(UNUSED, Pause.system(), Clock.systemUTC());
        watch = new ScratchWatch(rows::sources, rows, drivers, rescues);
        watch.start(EVERY);
    }

    /** Another watch looks from now on; what this one has begun it finishes. */
    public synchronized void end() {
        over = true;
        if (watch != null) {
            watch.stop();
            watch = null;
        }
        if (drivers != null) {
            CompletableFuture.delayedExecutor(CALLS_OVER.toSeconds(), TimeUnit.SECONDS)
                    .execute(drivers::close);
            drivers = null;
        }
    }
}
