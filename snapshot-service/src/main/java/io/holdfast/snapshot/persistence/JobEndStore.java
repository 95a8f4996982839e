package io.holdfast.snapshot.persistence;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Rows;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/** The catalog's last words on jobs, in PostgreSQL. A word and an opening of the same job are decided one after the other. */
@ApplicationScoped
@Transactional
public class JobEndStore implements Rows.JobEnds {

    private final EntityManager entities;
    private final InstantSource clock;

    public JobEndStore(EntityManager entities, InstantSource clock) {
        this.entities = entities;
        this.clock = clock;
    }

    /** Notes the end within the caller's transaction. */
    void end(UUID job) {
        alone(job);
        entities.createNativeQuery("insert into ended_job (job, ended_at) values (?1, ?2) on conflict (job) do nothing")
                .setParameter(1, job)
                .setParameter(2, clock.instant())
                .executeUpdate();
    }

    /** {@code job-ended} after the end; until the caller's transaction is over there is none. */
    void refuseEnded(UUID job) {
        alone(job);
        if (ended(job)) {
            throw new ApiException(ErrorCode.JOB_ENDED, "This job has ended; nothing is opened for it any more.");
        }
    }

    private void alone(UUID job) {
        var _ = entities.createNativeQuery("select 1 from pg_advisory_xact_lock(hashtextextended(?1, 0))")
                .setParameter(1, job.toString())
                .getSingleResult();
    }

    @Override
    public boolean ended(UUID job) {
        return !entities.createNativeQuery("select 1 from ended_job where job = ?1")
                .setParameter(1, job)
                .getResultList()
                .isEmpty();
    }

    @Override
    public int forgetBefore(Instant moment) {
        return entities.createNativeQuery("delete from ended_job where ended_at < ?1")
                .setParameter(1, moment)
                .executeUpdate();
    }
}
