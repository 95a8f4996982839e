package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Target;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Watches the pulls of targets, one thread per target; the rows hold the progress, so that another process can go on
 * watching. The endpoints are secrets and live in memory only: after a restart running pulls go on, others fail and are
 * asked for again.
 */
public final class Puller {

    private static final Logger LOG = Logger.getLogger(Puller.class);
    private static final Duration LOOK = Duration.ofMillis(300);
    /** Until the next try, when not even the failure of a pull could be recorded. */
    private static final Duration UNRECORDED = Duration.ofSeconds(1);

    private final Rows.Targets targets;
    private final TargetOperations operations;
    private final Pause pause;
    private final ConcurrentHashMap<UUID, Thread> running = new ConcurrentHashMap<>();

    public Puller(Rows.Targets targets, TargetOperations operations, Pause pause) {
        this.targets = targets;
        this.operations = operations;
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
            while (!endsRecorded(job, from)) {
                // The database is away. A target that nobody watches would be filling for ever: so this thread goes on.
                pause.pause(UNRECORDED);
                Thread other = running.putIfAbsent(job, Thread.currentThread());
                if (other != null && other != Thread.currentThread()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            LOG.debugf("job %s: no longer watched", job);
        } finally {
            running.remove(job, Thread.currentThread());
        }
    }

    /** Pulls; false when neither the end nor the failure could be written down. */
    private boolean endsRecorded(UUID job, Map<String, NbdEndpoint> from) throws InterruptedException {
        try {
            pull(job, from);
            return true;
        } catch (RuntimeException e) {
            return Thread.currentThread().isInterrupted() || failRecorded(job, e);
        }
    }

    private boolean failRecorded(UUID job, RuntimeException failure) {
        try {
            fail(job, failure);
            return true;
        } catch (RuntimeException e) {
            LOG.warnf("job %s: that its pull failed cannot be recorded now: %s", job, e.getMessage());
            return e instanceof ApiException known && known.code() == ErrorCode.TARGET_NOT_FOUND;
        }
    }

    private void pull(UUID job, Map<String, NbdEndpoint> from) throws InterruptedException {
        Target target = TargetDesk.find(targets, job);
        while (target.state() == State.FILLING && !target.aborting()) {
            if (target.disks().stream().allMatch(Target.Disk::filled)) {
                // Before anybody can see the end: the next filling starts a thread of its own.
                running.remove(job);
            }
            if (operations.advance(target, from).idle()) {
                pause.pause(LOOK);
            }
            target = TargetDesk.find(targets, job);
        }
    }

    private void fail(UUID job, RuntimeException e) {
        LOG.warnf("job %s: pull failed: %s", job, e);
        boolean stopped = helperStopped(job);
        ApiException why = reason(job, e);
        running.remove(job);
        targets.change(job, t -> t.state() == State.FILLING ? failed(t, why, stopped) : t);
    }

    /** While the helper may still pull, its pulls are the next filling's. */
    private static Target failed(Target target, ApiException why, boolean stopped) {
        Target failed = target.failed(why.code(), why.detail());
        return stopped ? failed.unmade() : failed;
    }

    /** A hypervisor does not say that a pull ended for want of room: so the pools are looked at. */
    private ApiException reason(UUID job, RuntimeException failure) {
        ApiException told = failure instanceof ApiException e
                ? e
                : new ApiException(ErrorCode.INTERNAL, "The pull failed.", failure);
        try {
            Target target = TargetDesk.find(targets, job);
            operations.driver(target).refuseWithoutRoom(target);
            return told;
        } catch (ApiException e) {
            return e.code() == ErrorCode.NO_SPACE ? e : told;
        } catch (RuntimeException e) {
            LOG.debugf(e, "job %s: its pools could not be looked at", job);
            return told;
        }
    }

    private boolean helperStopped(UUID job) {
        try {
            Target target = TargetDesk.find(targets, job);
            operations.driver(target).stopHelper(target);
            return true;
        } catch (RuntimeException e) {
            LOG.warnf("job %s: the helper could not be stopped now: %s", job, e.getMessage());
            return false;
        }
    }
}
