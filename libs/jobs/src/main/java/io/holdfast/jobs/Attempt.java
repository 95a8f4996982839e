package io.holdfast.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One attempt of one job: runs the handler, may be stopped from outside, and says how it ended. */
final class Attempt implements JobContext {

    private static final Logger LOG = Logger.getLogger(Attempt.class);
    private static final int MAX_SENTENCE = 2000;

    /** An interrupt may be swallowed by what the handler calls: it comes again this often until the handler has returned. */
    private static final Duration INSIST = Duration.ofSeconds(1);

    /** Why an attempt is stopped from outside. A lost lease outranks the others. */
    private enum Stop {
        CANCEL,
        DRAIN,
        LEASE_LOST
    }

    private final LeasedJob job;
    private final JobHandler handler;
    private final LeaseTerm term;
    private final RunnerTime time;
    private final Executor threads;
    private volatile @Nullable Progress progress;
    private volatile JobEnd.Made made = JobEnd.Made.NOTHING_BY_THIS_ATTEMPT;

    // All below guarded by this.
    private @Nullable Thread worker;
    private @Nullable Stop stop;
    private boolean over;
    private final List<Runnable> lostActions = new ArrayList<>();

    Attempt(LeasedJob job, JobHandler handler, LeaseTerm term, RunnerParts parts) {
        this.job = job;
        this.handler = handler;
        this.term = term;
        this.time = parts.time();
        this.threads = parts.threads();
    }

    /** Runs the handler on this thread. Empty: the lease is lost, nothing may be sent. */
    Optional<JobEnd> run() {
        JsonNode result = null;
        Throwable failure = null;
        try {
            begin();
            result = handler.run(job, this);
        } catch (Throwable e) {
            failure = e;
        }
        Stop stopped = finish();
        if (stopped == Stop.LEASE_LOST) {
            return Optional.empty();
        }
        return Optional.of(failure == null ? succeeded(result) : ended(stopped, failure));
    }

    private synchronized void begin() throws InterruptedException {
        worker = Thread.currentThread();
        if (stop != null) {
            throw new InterruptedException();
        }
    }

    /** From here on nobody interrupts the thread any more. */
    private synchronized @Nullable Stop finish() {
        over = true;
        worker = null;
        // A flag left by a stop that came late must not disturb what follows: the report of the end.
        boolean _ = Thread.interrupted();
        if (term.lapsed(time.nanos())) {
            stop = Stop.LEASE_LOST;
        }
        return stop;
    }

    private JobEnd succeeded(@Nullable JsonNode result) {
        return new JobEnd(job.fencing(), JobEnd.Outcome.SUCCEEDED, null, null, result);
    }

    private JobEnd ended(@Nullable Stop stopped, Throwable failure) {
        if (stopped == Stop.CANCEL) {
            return new JobEnd(
                    job.fencing(), JobEnd.Outcome.CANCELLED, ErrorCode.JOB_CANCELLED.wire(), "Cancelled.", null, made);
        }
        if (stopped == Stop.DRAIN) {
            return new JobEnd(job.fencing(), JobEnd.Outcome.RELEASED, null, "The runner shuts down.", null, made);
        }
        if (failure instanceof ApiException e) {
            LOG.warnf(
                    "job %s attempt %d failed: %s, %s",
                    job.job(), job.fencing(), e.code().wire(), e.detail());
            return failed(e.code(), e.detail());
        }
        LOG.errorf(failure, "job %s attempt %d failed", job.job(), job.fencing());
        return failed(ErrorCode.INTERNAL, "Something went wrong in the runner; its log has job " + job.job() + ".");
    }

    private JobEnd failed(ErrorCode code, String sentence) {
        String cut = sentence.substring(0, Math.min(MAX_SENTENCE, sentence.length()));
        return new JobEnd(job.fencing(), JobEnd.Outcome.FAILED, code.wire(), cut, null, made);
    }

    // ----- stopped from outside

    void cancel() {
        stop(Stop.CANCEL);
    }

    void drain() {
        stop(Stop.DRAIN);
    }

    void leaseLost(String why) {
        List<Runnable> actions = stop(Stop.LEASE_LOST);
        if (!actions.isEmpty()) {
            actions.forEach(this::runAside);
        }
        LOG.warnf("job %s attempt %d lost its lease: %s", job.job(), job.fencing(), why);
    }

    private synchronized List<Runnable> stop(Stop reason) {
        if (over || stop == Stop.LEASE_LOST || (stop != null && reason != Stop.LEASE_LOST)) {
            return List.of();
        }
        boolean first = stop == null;
        stop = reason;
        if (first) {
            insist();
        }
        return reason == Stop.LEASE_LOST ? List.copyOf(lostActions) : List.of();
    }

    private synchronized void insist() {
        if (over) {
            return;
        }
        if (worker != null) {
            worker.interrupt();
        }
        time.after(INSIST, this::insist);
    }

    private void runAside(Runnable action) {
        threads.execute(() -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.warnf(e, "job %s: an action on its lost lease failed", job.job());
            }
        });
    }

    // ----- what others see

    UUID id() {
        return job.job();
    }

    LeaseTerm term() {
        return term;
    }

    @Nullable
    Progress latestProgress() {
        return progress;
    }

    @Override
    public void progress(Progress progress) {
        this.progress = progress;
    }

    @Override
    public synchronized boolean cancelRequested() {
        return stop == Stop.CANCEL;
    }

    @Override
    public void made(JobEnd.Made made) {
        this.made = made;
    }

    @Override
    public void check() throws InterruptedException {
        synchronized (this) {
            if (stop != null) {
                throw new InterruptedException("the attempt was stopped: " + stop);
            }
        }
        if (term.lapsed(time.nanos())) {
            throw new InterruptedException("the attempt's lease is over");
        }
    }

    @Override
    public long fencing() {
        return job.fencing();
    }

    @Override
    public void onLeaseLost(Runnable action) {
        synchronized (this) {
            if (stop != Stop.LEASE_LOST) {
                lostActions.add(action);
                return;
            }
        }
        runAside(action);
    }
}
