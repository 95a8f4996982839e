package io.holdfast.catalog.app.queue;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.Meters;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;

/** Takes back jobs whose runner stopped reporting. */
@ApplicationScoped
public class ExpireLeases {

    private static final int BATCH = 100;

    private final JobStore jobs;
    private final FinishJob finish;
    private final Meters meters;
    private final Settings settings;

    ExpireLeases(JobStore jobs, FinishJob finish, Meters meters, Settings settings) {
        this.jobs = jobs;
        this.finish = finish;
        this.meters = meters;
        this.settings = settings;
    }

    /** Takes back what is over by the database's clock; returns how many. */
    @Transactional
    public int run() {
        int count = 0;
        for (Job job : jobs.lockExpired(BATCH)) {
            Verdict verdict = Verdict.ofExpiry(job, settings.retry());
            if (finish.apply(job, verdict, null)) {
                jobs.endAttempt(job, "EXPIRED", ErrorCode.LEASE_LOST.wire(), null);
                meters.leaseExpired();
                count++;
            }
        }
        return count;
    }
}
