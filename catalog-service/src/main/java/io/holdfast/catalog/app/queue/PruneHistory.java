package io.holdfast.catalog.app.queue;

import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.JobStore;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Drops what nobody asks for any more: old jobs and old audit rows. */
@ApplicationScoped
public class PruneHistory {

    private static final Logger LOG = Logger.getLogger(PruneHistory.class);

    private final JobStore jobs;
    private final AuditLog audit;

    PruneHistory(JobStore jobs, AuditLog audit) {
        this.jobs = jobs;
        this.audit = audit;
    }

    /** Drops what ended or was written longer ago than this. */
    @Transactional
    public void run(Duration jobsKept, Duration auditKept) {
        int ended = jobs.prune(jobsKept);
        int rows = audit.prune(auditKept);
        if (ended + rows > 0) {
            LOG.infof("dropped %d old jobs and %d old audit rows", ended, rows);
        }
    }
}
