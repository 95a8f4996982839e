package io.holdfast.catalog.persistence;

import io.holdfast.api.job.JobKind.Runner;
import io.holdfast.catalog.app.port.JobStore.Lessee;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.QueueDepth;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Leasing. Which job is next depends on locks and on counts of other rows, which row locks do not cover; so one lease at
 * a time is decided, across replicas, under an advisory lock held for a few milliseconds. The row itself is claimed with
 * SKIP LOCKED: a job that somebody cancels or ends at this moment does not hold up the queue.
 *
 * <p>Attempts that only look come first and run beside whatever else runs. Where a vault is away each of them lasts minutes, so
 * that they take turns: one at a time of a vault, and of a source where a hypervisor is asked; one at a time in each process, and
 * a process that looked last takes an ordinary job next.
 */
@ApplicationScoped
class JobClaim {

    /** Any constant will do; it only has to be the same in every replica. */
    private static final long ADVISORY_LOCK = 0x486f6c6466617374L;

    private static final String NEXT = """
            select j.id from job j
            where j.state = 'QUEUED' and j.runner = ? and j.not_before <= clock_timestamp() and (not j.cancel_requested or j.ending is not null)
                and not exists (select 1 from resource_lock l
                    where l.key = any (j.exclusive_locks) and l.job <> j.id)
                and not exists (select 1 from resource_lock l
                    where l.key = any (j.shared_locks) and l.exclusive and l.job <> j.id)
                and (not j.moves_data or j.ending is not null or j.source is null or (select count(*) from job r
                    where r.state = 'RUNNING' and r.moves_data and r.source = j.source) < ?)
                and (not j.moves_data or j.ending is not null or j.vault is null or (select count(*) from job r
                    where r.state = 'RUNNING' and r.moves_data and r.vault = j.vault) < ?)
                and (j.ending is null or not exists (select 1 from job r
                    where r.state = 'RUNNING' and r.ending is not null and (r.lease_owner = ? or r.vault = j.vault
                        or r.runner = 'RESTORE_SERVICE' and r.runner = j.runner and r.source = j.source)))
            order by (j.ending is not null) = coalesce((select a.look from job_attempt a
                where a.instance = ? order by a.started_at desc limit 1), false), j.priority desc, j.seq
            limit 1
            for update of j skip locked
            """;

    private final Sql sql;
    private final JobRows rows;

    JobClaim(Sql sql, JobRows rows) {
        this.sql = sql;
        this.rows = rows;
    }

    boolean anythingDue(Runner runner) {
        return sql.one("""
                        select 1 from job
                        where state = 'QUEUED' and runner = ? and not_before <= clock_timestamp() limit 1
                        """, row -> row.getInt(1), runner).isPresent();
    }

    Optional<Job> claim(Lessee lessee, Duration lease, QueueDepth.Limits limits) {
        sql.query("select pg_advisory_xact_lock(?)", row -> true, ADVISORY_LOCK);
        return sql.one(
                        NEXT,
                        row -> row.getObject(1, UUID.class),
                        lessee.runner(),
                        limits.perSource(),
                        limits.perVault(),
                        lessee.instance(),
                        lessee.instance())
                .flatMap(id -> take(id, lessee, lease));
    }

    private Optional<Job> take(UUID id, Lessee lessee, Duration lease) {
        sql.update("""
                insert into resource_lock (key, job, exclusive)
                select unnest(exclusive_locks), id, true from job where id = ?
                union all select unnest(shared_locks), id, false from job where id = ?
                on conflict (key, job) do nothing
                """, id, id);
        sql.update("""
                update job set state = 'RUNNING', fencing = fencing + 1, attempts = attempts + 1, version = version + 1,
                    lease_owner = ?, lease_subject = ?, lease_expires_at = clock_timestamp() + make_interval(secs => ?),
                    started_at = coalesce(started_at, clock_timestamp())
                where id = ? and state = 'QUEUED'
                """, lessee.instance(), lessee.subject(), lease.toMillis() / 1000.0, id);
        sql.update("""
                insert into job_attempt (job, fencing, number, instance, look)
                select id, fencing, attempts, lease_owner, ending is not null from job where id = ?
                """, id);
        return sql.one("select " + JobRows.COLUMNS + " from job j where j.id = ?", rows::read, id);
    }
}
