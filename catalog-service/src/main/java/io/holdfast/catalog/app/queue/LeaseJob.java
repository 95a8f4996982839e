package io.holdfast.catalog.app.queue;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeaseRequest;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.point.PointHead;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.PointStore;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.domain.Job;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Gives a runner the next job that may run. */
@ApplicationScoped
public class LeaseJob {

    private static final Logger LOG = Logger.getLogger(LeaseJob.class);

    /** Older bases than this are not worth naming: their checkpoints are long gone. */
    private static final int MAX_BASES = 100;

    private final JobStore jobs;
    private final PointStore points;
    private final Settings settings;

    LeaseJob(JobStore jobs, PointStore points, Settings settings) {
        this.jobs = jobs;
        this.points = points;
        this.settings = settings;
    }

    /** One job, leased by the database's clock; nothing when none may run now. */
    @Transactional
    public Optional<LeasedJob> lease(LeaseRequest request, String subject) {
        if (!jobs.anythingDue(request.runner())) {
            return Optional.empty();
        }
        var lessee = new JobStore.Lessee(request.runner(), request.instance(), subject);
        return jobs.claim(lessee, settings.lease(), settings.limits()).map(job -> leased(job, request.instance()));
    }

    private LeasedJob leased(Job job, String instance) {
        LOG.infof(
                "job %s %s %s: QUEUED -> RUNNING, attempt %d, fencing %d, runner %s",
                job.id(), job.kind(), job.subject(), job.attempts(), job.fencing(), instance);
        int seconds = Math.toIntExact(settings.lease().toSeconds());
        boolean lookOnly = job.ending() != null;
        List<UUID> bases = lookOnly ? List.of() : bases(job.spec());
        return new LeasedJob(job.id(), job.fencing(), seconds, job.spec(), bases, heads(job.spec()), lookOnly);
    }

    private List<PointHead> heads(JobSpec spec) {
        return switch (spec) {
            case JobSpec.Backup b -> points.head(b.vault(), b.vm()).stream().toList();
            case JobSpec.VaultCheck c -> points.heads(c.vault());
            case JobSpec.VaultCollect c -> points.heads(c.vault());
            default -> List.of();
        };
    }

    private List<UUID> bases(JobSpec spec) {
        return spec instanceof JobSpec.Backup b && b.backupKind() != BackupKind.FULL
                ? points.bases(b.vault(), b.source(), b.vm(), MAX_BASES)
                : List.of();
    }
}
