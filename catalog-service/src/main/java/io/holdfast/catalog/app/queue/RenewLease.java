package io.holdfast.catalog.app.queue;

import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.domain.Job;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;

/**
 * Takes heartbeats. A lease that is over by the clock but that nobody took back yet is renewed: safety comes from the
 * fencing number, and a catalog that was away for a while must not end every running job.
 */
@ApplicationScoped
public class RenewLease {

    private final JobStore jobs;
    private final Settings settings;

    RenewLease(JobStore jobs, Settings settings) {
        this.jobs = jobs;
        this.settings = settings;
    }

    /** Renews; {@code lease-lost} or {@code fenced} when the attempt no longer holds the job. */
    @Transactional
    public Heartbeat.Reply renew(UUID id, Heartbeat heartbeat) {
        boolean met = jobs.renew(id, heartbeat.fencing(), settings.lease(), heartbeat.progress());
        Job job = jobs.find(id).orElseThrow(() -> noJob(id));
        if (!met) {
            throw stale(job, heartbeat.fencing());
        }
        return new Heartbeat.Reply(Math.toIntExact(settings.lease().toSeconds()), job.cancelRequested());
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
