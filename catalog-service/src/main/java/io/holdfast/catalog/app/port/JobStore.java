package io.holdfast.catalog.app.port;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.JobKind.Runner;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Progress;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import io.holdfast.catalog.domain.QueueDepth;
import io.holdfast.catalog.domain.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The job table. Time is the database's clock throughout. Every method takes part in the caller's transaction; those that
 * change a running job compare its fencing number in the same statement and say whether they met it.
 */
public interface JobStore {

    /** A listing's filter; absent fields do not filter. {@code before} is a job's sequence, exclusive. */
    record Filter(
            @Nullable JobState state,
            @Nullable String source,
            @Nullable String vm,
            @Nullable Long before,
            int limit) {}

    /**
     * Who leases.
     *
     * @param instance names the process, for people
     * @param subject name in its token
     */
    record Lessee(Runner runner, String instance, String subject) {}

    Optional<Job> find(UUID id);

    /** The row, locked until the transaction ends. */
    Optional<Job> lock(UUID id);

    /** The job that this idempotency key made; keys older than they are kept are forgotten here. */
    Optional<Job> byKey(String creator, String key, Duration kept);

    /** Queues a job; false when its idempotency key or its target name is taken. */
    boolean insert(NewJob job, int maxAttempts);

    /** Whether anything waits for this runner and is due; may be wrong, costs little. */
    boolean anythingDue(Runner runner);

    /** Leases the next job that may run, taking its locks; one caller at a time, across replicas. */
    Optional<Job> claim(Lessee lessee, Duration lease, QueueDepth.Limits limits);

    /** Renews the lease and notes progress. */
    boolean renew(UUID id, long fencing, Duration lease, @Nullable Progress progress);

    /** Running jobs whose lease has ended, locked; those that somebody works on right now are left out. */
    List<Job> lockExpired(int limit);

    /** Ends a job for good; its locks stay until {@link #release}. */
    boolean finish(Job job, Verdict.Final verdict, @Nullable JsonNode result);

    /** Gives the locks of a job that has ended back. */
    void release(UUID job);

    /** Puts a job back into the queue, for attempts that only look; its locks stay. */
    boolean look(Job job, Verdict.Look verdict, Duration atMost);

    /** Puts a job back into the queue; its locks stay. */
    boolean requeue(Job job, Verdict.Again verdict);

    boolean requestCancel(UUID id, long fencing);

    /** Notes how an attempt ended. */
    void endAttempt(Job job, String outcome, @Nullable String errorCode, @Nullable String error);

    /** How the attempt with this fencing number ended, when it has. */
    Optional<String> attemptOutcome(UUID id, long fencing);

    /** Newest first. */
    List<Job> list(Filter filter);

    /** Jobs that wait or run and use this vault. */
    List<Job> activeOnVault(UUID vault);

    /** How many jobs that wait or run use this source. */
    long activeOnSource(String source);

    /**
     * Drops jobs that ended longer ago than this, with their attempts and delivered messages; those of which a restore point
     * is left stay. A bounded number at once; returns how many.
     */
    int prune(Duration kept);

    boolean targetNameTaken(String source, String name);

    /** Every job that waits or runs, in the queue's order, at most 10,000. */
    List<QueueDepth.Entry> queue();
}
