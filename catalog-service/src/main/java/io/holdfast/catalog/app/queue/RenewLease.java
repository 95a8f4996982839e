package io.holdfast.catalog.app.queue;

import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.Meters;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.domain.Job;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes heartbeats. A lease that is over by the clock but that nobody took back yet is renewed: safety comes from the
 * fencing number, and a catalog that was away for a while must not end every running job.
 */
@ApplicationScoped
public class RenewLease {

    private final JobStore jobs;
    private final Settings settings;
    private final Meters meters;

    RenewLease(JobStore jobs, Settings settings, Meters meters) {
        this.meters = meters;
        this.jobs = jobs;
        this.settings = settings;
    }

    /** Renews; {@code lease-lost} or {@code fenced} when the attempt no longer holds the job. */
    @Transactional
    public Heartbeat.Reply renew(UUID id, Heartbeat heartbeat) {
        Optional<Progress> before = jobs.find(id).map(Job::progress);
        boolean met = jobs.renew(id, heartbeat.fencing(), settings.lease(), heartbeat.progress());
        Job job = jobs.find(id).orElseThrow(() -> noJob(id));
        if (!met) {
            throw stale(job, heartbeat.fencing());
        }
        count(job.kind(), before, heartbeat.progress());
        // An attempt that looks for a cancelled job is not the one to be cancelled.
        return new Heartbeat.Reply(
                Math.toIntExact(settings.lease().toSeconds()), job.cancelRequested() && job.ending() == null);
    }

    /** An attempt that goes on where another stopped begins above zero: only what is gained within a phase was moved. */
    private void count(JobKind kind, Optional<Progress> before, @Nullable Progress now) {
        before.filter(old -> now != null && old.phase().equals(now.phase()) && now.doneBytes() > old.doneBytes())
                .ifPresent(old -> meters.moved(kind, Objects.requireNonNull(now).doneBytes() - old.doneBytes()));
    }

    static ApiException noJob(UUID id) {
        return new ApiException(ErrorCode.JOB_NOT_FOUND, "There is no job " + id + ".");
    }

    static ApiException stale(Job job, long fencing) {
        return fencing < job.fencing()
                ? new ApiException(ErrorCode.FENCED, "Another attempt holds this job now.")
                : new ApiException(
                        ErrorCode.LEASE_LOST, "This attempt's lease has ended; the job is " + job.state() + ".");
    }
}
