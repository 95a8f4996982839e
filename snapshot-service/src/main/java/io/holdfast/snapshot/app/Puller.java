package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * Watches the pulls of targets, one thread per target; the rows hold the progress, so that another process can go on
 * watching. The endpoints are secrets and live in memory only: after a restart running pulls go on, others fail and are
 * asked for again.
 */
public final class Puller {

    private static final Logger LOG = Logger.getLogger(Puller.class);
    private static final Duration LOOK = Duration.ofMillis(300);

    private final Rows.Sources sources;
    private final Rows.Targets targets;
    private final Drivers drivers;
    private final Pause pause;
    private final ConcurrentHashMap<UUID, Thread> running = new ConcurrentHashMap<>();

    public Puller(Rows.Sources sources, Rows.Targets targets, Drivers drivers, Pause pause) {
        this.sources = sources;
        this.targets = targets;
        this.drivers = drivers;
        this.pause = pause;
    }

    /** Pulls, unless that is going on already. With no endpoints it only goes on watching. */
    public void start(Target target, Map<String, NbdEndpoint> from) {
        running.computeIfAbsent(
                target.job(), job -> Thread.ofVirtual().name("pull-" + job).start(() -> run(job, from)));
    }

    /** Ends the watching of a target and waits for that. */
    public void stop(UUID job) {
        Thread thread = running.get(job);
        if (thread == null) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all watching; the pulls themselves go on. */
    public void stopAll() {
        running.keySet().forEach(this::stop);
    }

    private void run(UUID job, Map<String, NbdEndpoint> from) {
        try {
            pull(job, from);
        } catch (InterruptedException e) {
            LOG.debugf("job %s: no longer watched", job);
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                fail(job, e);
            }
        } finally {
            running.remove(job);
        }
    }

    private void pull(UUID job, Map<String, NbdEndpoint> from) throws InterruptedException {
        Target target = TargetDesk.find(targets, job);
        RestoreTargets driver = driver(target);
        if (!from.isEmpty() && !driver.helperRuns(target)) {
            target = targets.change(
                    job,
                    t -> t.withDisks(t.disks().stream()
                            .map(d -> d.filled() ? d : d.reset())
                            .toList()));
            driver.startHelper(target, from);
        }
        while (target.state() == State.FILLING) {
            for (Target.Disk disk : target.disks()) {
                if (!disk.filled()) {
                    advance(target, disk, driver);
                }
            }
            target = TargetDesk.find(targets, job);
            if (target.disks().stream().allMatch(Target.Disk::filled)) {
                driver.stopHelper(target);
                targets.change(job, t -> t.state() == State.FILLING ? t.with(State.FILLED, null) : t);
                LOG.infof("job %s: target %s filled", job, target.vmName());
                return;
            }
            pause.pause(LOOK);
        }
    }

    private void advance(Target target, Target.Disk disk, RestoreTargets driver) {
        if (!disk.started()) {
            change(target, disk.key(), Target.Disk::start);
            driver.startPull(target, disk);
            return;
        }
        RestoreTargets.PullSeen seen = driver.pull(target, disk);
        switch (seen.pull()) {
            case NONE ->
                throw new ApiException(
                        ErrorCode.TARGET_FILL_FAILED,
                        "The pull of disk " + disk.key() + " ended before all of it was there.");
            case RUNNING -> change(target, disk.key(), d -> d.progress(seen.doneBytes()));
            case READY -> {
                driver.endPull(target, disk);
                change(target, disk.key(), Target.Disk::fill);
            }
        }
    }

    private void change(Target target, String key, UnaryOperator<Target.Disk> how) {
        targets.change(
                target.job(),
                t -> t.withDisks(t.disks().stream()
                        .map(d -> d.key().equals(key) ? how.apply(d) : d)
                        .toList()));
    }

    private void fail(UUID job, RuntimeException e) {
        String why = e instanceof ApiException a ? a.detail() : "The pull failed.";
        LOG.warnf("job %s: pull failed: %s", job, e);
        try {
            Target target = targets.change(job, t -> t.state() == State.FILLING ? t.with(State.FAILED, why) : t);
            driver(target).stopHelper(target);
        } catch (RuntimeException again) {
            LOG.warnf("job %s: clean-up is left to the reaper: %s", job, again.getMessage());
        }
    }

    private RestoreTargets driver(Target target) {
        Source source = sources.byId(target.source())
                .orElseThrow(() -> new ApiException(ErrorCode.SOURCE_NOT_FOUND, "The target's source is gone."));
        return drivers.of(source).targets();
    }
}
