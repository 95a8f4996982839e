package io.holdfast.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeaseRequest;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Leases jobs from the catalog and runs them until it is drained. The catalog may be away, at the start too: the runner keeps
 * asking. Thread-safe; one use: it cannot be started again.
 */
public final class JobRunner implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(JobRunner.class);

    private final LeaseRequest request;
    private final Map<JobKind, JobHandler> handlers;
    private final RunnerParts parts;
    private final ExecutorService threads;
    private final Turnstile turnstile;
    private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();
    private final Thread loop;

    /** A runner on the machine's own time. */
    public JobRunner(
            RunnerApi api,
            JobKind.Runner runner,
            String instance,
            Map<JobKind, JobHandler> handlers,
            JobRunnerOptions options) {
        this(api, new LeaseRequest(runner, instance), handlers, options, RunnerTime.system("job-timer"));
    }

    /** A runner on the given time, which it closes when it is drained. */
    public JobRunner(
            RunnerApi api,
            LeaseRequest request,
            Map<JobKind, JobHandler> handlers,
            JobRunnerOptions options,
            RunnerTime time) {
        this.request = request;
        this.handlers = Map.copyOf(handlers);
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("job-", 1).factory());
        this.parts = new RunnerParts(api, new CatalogLink(), time, threads, options);
        this.turnstile = new Turnstile(options.parallel(), time);
        this.loop = Thread.ofPlatform().name("job-lease").unstarted(this::leaseUntilDrained);
    }

    /** Begins to lease. */
    public void start() {
        loop.start();
    }

    /** How many attempts run now. */
    public int running() {
        return attempts.size();
    }

    // ----- the lease loop

    private void leaseUntilDrained() {
        int failures = 0;
        try {
            while (turnstile.enter()) {
                Leased leased = leaseAndBegin();
                if (leased.job() != null) {
                    failures = 0;
                    continue;
                }
                turnstile.leave();
                failures = leased.failed() ? failures + 1 : 0;
                turnstile.pause(pauseAfter(failures));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever goes wrong, an Error too, costs one job at most: the loop is the only one that leases. */
    private Leased leaseAndBegin() {
        long asked = parts.time().nanos();
        try {
            Leased leased = lease();
            if (leased.job() != null) {
                begin(leased.job(), leased.askedNanos());
            }
            return leased;
        } catch (Throwable e) {
            LOG.error("leasing failed, going on", e);
            return new Leased(null, asked, true);
        }
    }

    /** Whether the runner still leases, or was told to stop. */
    public boolean healthy() {
        return loop.isAlive() || turnstile.closed();
    }

    private record Leased(@Nullable LeasedJob job, long askedNanos, boolean failed) {}

    private Leased lease() {
        long asked = parts.time().nanos();
        try {
            LeasedJob job = parts.api().lease(request);
            parts.link().up();
            return new Leased(job, asked, false);
        } catch (RuntimeException e) {
            parts.link().down(e);
            return new Leased(null, asked, true);
        }
    }

    private Duration pauseAfter(int failures) {
        Duration poll = parts.options().idlePoll();
        Duration longer = poll.multipliedBy(1L << Math.min(failures, 16));
        Duration cap = parts.options().backoffCap();
        Duration pause = failures > 0 && longer.compareTo(cap) > 0 ? cap : longer;
        // A quarter either way, so that runners that started together do not ask together for ever.
        return Duration.ofNanos(
                (long) (pause.toNanos() * ThreadLocalRandom.current().nextDouble(0.75, 1.25)));
    }

    private void begin(LeasedJob job, long askedNanos) {
        var term = new LeaseTerm(askedNanos, job.leaseSeconds(), parts.options().leaseMargin());
        var attempt = new Attempt(job, handlers.getOrDefault(kindOf(job.spec()), JobRunner::noHandler), term, parts);
        attempts.add(attempt);
        if (turnstile.closed()) {
            attempt.drain();
        }
        LOG.infof("job %s attempt %d leased: %s", job.job(), job.fencing(), kindOf(job.spec()));
        try {
            threads.execute(() -> run(attempt));
        } catch (RejectedExecutionException drained) {
            attempts.remove(attempt);
            turnstile.leave();
        } catch (Throwable e) {
            // The loop gives the place back.
            attempts.remove(attempt);
            throw e;
        }
    }

    private void run(Attempt attempt) {
        var heartbeats = new Heartbeats(parts, attempt);
        try {
            heartbeats.start();
            var end = attempt.run();
            heartbeats.stop();
            if (end.isPresent()) {
                new EndReport(parts).send(attempt.id(), end.get(), attempt.term());
            }
        } catch (InterruptedException e) {
            LOG.warnf("job %s: the runner stopped before its end was reported", attempt.id());
            Thread.currentThread().interrupt();
        } finally {
            heartbeats.stop();
            attempts.remove(attempt);
            turnstile.leave();
        }
    }

    private static @Nullable JsonNode noHandler(LeasedJob job, JobContext context) {
        throw new ApiException(
                ErrorCode.NOT_IMPLEMENTED, "This runner does not run jobs of kind " + kindOf(job.spec()));
    }

    private static JobKind kindOf(JobSpec spec) {
        return switch (spec) {
            case JobSpec.Backup _ -> JobKind.BACKUP;
            case JobSpec.Restore _ -> JobKind.RESTORE;
            case JobSpec.VaultAdd _ -> JobKind.VAULT_ADD;
            case JobSpec.VaultCheck _ -> JobKind.VAULT_CHECK;
            case JobSpec.VaultCollect _ -> JobKind.VAULT_COLLECT;
            case JobSpec.PointDelete _ -> JobKind.POINT_DELETE;
            case JobSpec.SnapshotCreate _ -> JobKind.SNAPSHOT_CREATE;
            case JobSpec.SnapshotDelete _ -> JobKind.SNAPSHOT_DELETE;
            case JobSpec.SourceCheck _ -> JobKind.SOURCE_CHECK;
        };
    }

    // ----- the end

    /**
     * Leases nothing more, lets running attempts go on for {@code grace}, interrupts what still runs, and waits (at most the
     * options' stop timeout) until they have reported: {@code RELEASED} unless they ended by themselves.
     *
     * @return whether every attempt has ended
     */
    public boolean drain(Duration grace) throws InterruptedException {
        turnstile.close();
        var interrupt = parts.time().after(grace, () -> attempts.forEach(Attempt::drain));
        try {
            boolean idle = turnstile.awaitEmpty(grace.plus(parts.options().stopTimeout()));
            if (!idle) {
                LOG.warnf("%d attempts did not stop in time", attempts.size());
            }
            return idle;
        } finally {
            interrupt.cancel();
            shutDown();
        }
    }

    private void shutDown() throws InterruptedException {
        loop.interrupt();
        threads.shutdownNow();
        parts.time().close();
        if (loop.isAlive()) {
            loop.join(parts.options().stopTimeout());
        }
        if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
            LOG.warn("a thread of an attempt does not stop");
        }
    }

    /** Drains without grace. */
    @Override
    public void close() {
        try {
            drain(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
