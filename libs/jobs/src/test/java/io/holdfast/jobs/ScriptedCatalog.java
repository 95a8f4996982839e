package io.holdfast.jobs;

import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeaseRequest;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.vault.VaultAccess;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A catalog that hands out given jobs, answers as told, and remembers what it was told. */
final class ScriptedCatalog implements RunnerApi {

    static final int LEASE_SECONDS = 30;

    final Queue<LeasedJob> jobs = new ConcurrentLinkedQueue<>();
    final AtomicInteger leaseCalls = new AtomicInteger();
    final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
    final List<JobEnd> ends = new CopyOnWriteArrayList<>();
    volatile Runnable onLease = () -> {};
    volatile Supplier<Heartbeat.Reply> onHeartbeat = () -> new Heartbeat.Reply(LEASE_SECONDS, false);
    volatile Runnable onEnd = () -> {};

    /** Calls that have come so far. */
    long calls() {
        return (long) leaseCalls.get() + heartbeats.size() + ends.size();
    }

    LeasedJob offer() {
        var job = new LeasedJob(
                UUID.randomUUID(), 7, LEASE_SECONDS, new JobSpec.VaultCheck(UUID.randomUUID()), List.of());
        jobs.add(job);
        return job;
    }

    @Override
    public @Nullable LeasedJob lease(LeaseRequest request) {
        leaseCalls.incrementAndGet();
        onLease.run();
        return jobs.poll();
    }

    @Override
    public Heartbeat.Reply heartbeat(UUID job, Heartbeat heartbeat) {
        heartbeats.add(heartbeat);
        return onHeartbeat.get();
    }

    @Override
    public void end(UUID job, JobEnd end) {
        ends.add(end);
        onEnd.run();
    }

    @Override
    public VaultAccess vaultAccess(UUID vault) {
        throw new UnsupportedOperationException();
    }
}
