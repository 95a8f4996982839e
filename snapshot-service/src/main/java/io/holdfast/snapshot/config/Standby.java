package io.holdfast.snapshot.config;

import io.holdfast.snapshot.app.Acting;
import io.holdfast.snapshot.persistence.DatabaseLease;
import io.holdfast.snapshot.persistence.DatabaseLease.Holder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Of all processes on one database one is active: locks of VMs, pulls and watches live in memory and are right only there. The
 * others wait here, not ready, until its lease ends. An active process whose lease another has taken ends itself.
 */
@ApplicationScoped
public class Standby implements Acting {

    private static final Logger LOG = Logger.getLogger(Standby.class);
    private static final long LOOK_MILLIS = 500;

    private final DatabaseLease lease;
    private final HoldfastConfig config;
    private final Event<Active> event;
    private final Exit exit;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lease").daemon().factory());
    private volatile boolean active;
    private boolean told;

    Standby(DatabaseLease lease, HoldfastConfig config, Event<Active> event, Exit exit) {
        this.lease = lease;
        this.config = config;
        this.event = event;
        this.exit = exit;
    }

    @Override
    public boolean active() {
        return active;
    }

    void start(@Observes StartupEvent started) {
        if (!config.background()) {
            active = true;
            return;
        }
        look();
        var _ = timer.scheduleWithFixedDelay(this::lookOrEnd, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Otherwise it would hold the lease and not act, or act and not look any more. */
    private void lookOrEnd() {
        try {
            look();
        } catch (Throwable e) {
            // Also an Error: it would end the schedule, and nobody would look any more.
            LOG.error("this process cannot tell whether it is to act: it ends", e);
            end();
        }
    }

    private void end() {
        active = false;
        timer.shutdown();
        exit.now();
    }

    private void look() {
        Holder holder = lease.hold();
        if (active && holder == Holder.OTHER) {
            LOG.error("another snapshot-service is active on this database now: this one ends");
            end();
        } else if (!active && holder == Holder.US) {
            event.fire(new Active());
            active = true;
            LOG.info("active");
        } else if (!active && holder == Holder.OTHER && !told) {
            LOG.info("another snapshot-service is active on this database: waiting until it is not");
            told = true;
        }
    }

    void stop(@Observes ShutdownEvent stopped) {
        timer.shutdownNow();
    }
}
