package io.holdfast.catalog.persistence;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.TextRule;
import io.holdfast.api.job.JobKind.Runner;
import io.holdfast.api.job.Progress;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.JobLocks;
import io.holdfast.catalog.domain.NewJob;
import io.holdfast.catalog.domain.QueueDepth;
import io.holdfast.catalog.domain.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The job table. Every change of a running job has its fencing number in the WHERE clause. */
@ApplicationScoped
@Transactional
class JobTable implements JobStore {

    private final Sql sql;
    private final JobRows rows;
    private final JobClaim claim;

    JobTable(Sql sql, JobRows rows, JobClaim claim) {
        this.sql = sql;
        this.rows = rows;
        this.claim = claim;
    }

    @Override
    public Optional<Job> find(UUID id) {
        return sql.one("select " + JobRows.COLUMNS + " from job j where j.id = ?", rows::read, id);
    }

    @Override
    public Optional<Job> lock(UUID id) {
        return sql.one("select " + JobRows.COLUMNS + " from job j where j.id = ? for update", rows::read, id);
    }

    @Override
    public Optional<Job> byKey(String creator, String key, Duration kept) {
        sql.update("""
                update job set idempotency_key = null
                where created_by = ? and idempotency_key = ? and created_at < now() - make_interval(secs => ?)
                """, creator, key, seconds(kept));
        return sql.one(
                "select " + JobRows.COLUMNS + " from job j where j.created_by = ? and j.idempotency_key = ?",
                rows::read,
                creator,
                key);
    }

    @Override
    public boolean insert(NewJob job, int maxAttempts) {
        JobLocks locks = job.locks();
        int met = sql.update(
                """
                insert into job (id, kind, runner, subject, source, vm, vault, target_name, moves_data, spec,
                    exclusive_locks, shared_locks, idempotency_key, body_hash, created_by, max_attempts)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?)
                on conflict do nothing
                """,
                job.id(),
                job.kind(),
                job.kind().runner(),
                job.subject(),
                job.source(),
                job.vm(),
                job.vault(),
                job.targetName(),
                job.movesData(),
                rows.spec(job.spec()),
                locks.exclusive().toArray(String[]::new),
                locks.shared().toArray(String[]::new),
                job.ticket().key(),
                job.ticket().bodyHash(),
                job.ticket().actor(),
                maxAttempts);
        return met == 1;
    }

    @Override
    public boolean anythingDue(Runner runner) {
        return claim.anythingDue(runner);
    }

    @Override
    public Optional<Job> claim(Lessee lessee, Duration lease, QueueDepth.Limits limits) {
        return claim.claim(lessee, lease, limits);
    }

    /** The rate is counted from an anchor that moves on every five seconds, so that it follows the last seconds. */
    @Override
    public boolean renew(UUID id, long fencing, Duration lease, @Nullable Progress progress) {
        if (progress == null) {
            return sql.update("""
                            update job set lease_expires_at = clock_timestamp() + make_interval(secs => ?)
                            where id = ? and fencing = ? and state = 'RUNNING'
                            """, seconds(lease), id, fencing) == 1;
        }
        return sql.update(
                        """
                        update job j set
                            lease_expires_at = clock_timestamp() + make_interval(secs => ?),
                            version = j.version + 1,
                            phase = p.phase, done_bytes = p.done, total_bytes = p.total, progress_detail = p.detail,
                            bytes_per_second = case
                                when p.fresh then null
                                when now() - j.rate_at < interval '1 second' then j.bytes_per_second
                                else (p.done - j.rate_bytes) / extract(epoch from now() - j.rate_at) end,
                            rate_bytes = case when p.fresh or now() - j.rate_at >= interval '5 seconds'
                                then p.done else j.rate_bytes end,
                            rate_at = case when p.fresh or now() - j.rate_at >= interval '5 seconds'
                                then now() else j.rate_at end
                        from (
                            select b.phase, b.done, b.total, b.detail,
                                o.rate_at is null or o.phase is distinct from b.phase or b.done < o.rate_bytes as fresh
                            from job o, (select ?::text as phase, ?::bigint as done, ?::bigint as total,
                                ?::text as detail) b
                            where o.id = ?) p
                        where j.id = ? and j.fencing = ? and j.state = 'RUNNING'
                        """,
                        seconds(lease),
                        shortened(progress.phase(), 100),
                        Math.max(0, progress.doneBytes()),
                        Math.max(0, progress.totalBytes()),
                        shortened(progress.detail(), 1000),
                        id,
                        id,
                        fencing)
                == 1;
    }

    @Override
    public List<Job> lockExpired(int limit) {
        return sql.query("select " + JobRows.COLUMNS + """
                 from job j where j.state = 'RUNNING' and j.lease_expires_at < clock_timestamp()
                order by j.lease_expires_at limit ? for update skip locked
                """, rows::read, limit);
    }

    @Override
    public boolean finish(Job job, Verdict.Final end, @Nullable JsonNode result) {
        return sql.update(
                        """
                        update job set state = ?, ended_at = clock_timestamp(), lease_owner = null,
                            lease_expires_at = null, ending = null, look_until = null,
                            version = version + 1, error_code = ?, error = ?, result = ?::jsonb
                        where id = ? and fencing = ? and state = ?
                        """,
                        end.state(),
                        end.code() == null ? null : end.code().wire(),
                        shortened(end.error(), 5000),
                        result == null ? null : result.toString(),
                        job.id(),
                        job.fencing(),
                        job.state())
                == 1;
    }

    @Override
    public void release(UUID job) {
        sql.update("delete from resource_lock where job = ?", job);
    }

    @Override
    public boolean look(Job job, Verdict.Look look, Duration atMost) {
        Verdict.Final otherwise = look.otherwise();
        return sql.update(
                        """
                        update job set state = 'QUEUED', lease_owner = null, lease_expires_at = null,
                            version = version + 1, strikes = 0, doubtful = true, ending = ?,
                            look_until = clock_timestamp() + make_interval(secs => ?), not_before = clock_timestamp(),
                            cancel_requested = cancel_requested or ? = 'CANCELLED', error_code = ?, error = ?,
                            bytes_per_second = null, rate_at = null
                        where id = ? and fencing = ? and state = ?
                        """,
                        otherwise.state(),
                        seconds(atMost),
                        otherwise.state(),
                        otherwise.code() == null ? null : otherwise.code().wire(),
                        shortened(otherwise.error(), 5000),
                        job.id(),
                        job.fencing(),
                        job.state())
                == 1;
    }

    @Override
    public boolean requeue(Job job, Verdict.Again again) {
        return sql.update(
                        """
                        update job set state = 'QUEUED', lease_owner = null, lease_expires_at = null,
                            version = version + 1, strikes = case when ? then 1 else strikes + ? end,
                            struck_at_bytes = greatest(struck_at_bytes, done_bytes),
                            not_before = clock_timestamp() + make_interval(secs => ?),
                            error_code = coalesce(?, error_code), error = coalesce(?, error),
                            bytes_per_second = null, rate_at = null, doubtful = ?
                        where id = ? and fencing = ? and state = 'RUNNING'
                        """,
                        again.strike() && again.anew(),
                        again.strike() ? 1 : 0,
                        seconds(again.delay()),
                        again.code() == null ? null : again.code().wire(),
                        shortened(again.error(), 5000),
                        again.doubtful(),
                        job.id(),
                        job.fencing())
                == 1;
    }

    @Override
    public boolean requestCancel(UUID id, long fencing) {
        return sql.update("""
                        update job set cancel_requested = true, version = version + 1
                        where id = ? and fencing = ? and state = 'RUNNING'
                        """, id, fencing) == 1;
    }

    @Override
    public void endAttempt(Job job, String outcome, @Nullable String errorCode, @Nullable String error) {
        sql.update("""
                update job_attempt set ended_at = clock_timestamp(), outcome = ?, error_code = ?, error = ?
                where job = ? and fencing = ? and outcome is null
                """, outcome, errorCode, shortened(error, 5000), job.id(), job.fencing());
    }

    @Override
    public Optional<String> attemptOutcome(UUID id, long fencing) {
        return sql.one(
                "select outcome from job_attempt where job = ? and fencing = ? and outcome is not null",
                row -> row.getString(1),
                id,
                fencing);
    }

    @Override
    public List<Job> list(Filter filter) {
        return sql.query(
                "select " + JobRows.COLUMNS + """
                 from job j
                where (?::text is null or j.state = ?) and (?::text is null or j.source = ?)
                    and (?::text is null or j.vm = ? or j.subject = ?) and (?::bigint is null or j.seq < ?)
                order by j.seq desc limit ?
                """,
                rows::read,
                filter.state(),
                filter.state(),
                filter.source(),
                filter.source(),
                filter.vm(),
                filter.vm(),
                filter.vm(),
                filter.before(),
                filter.before(),
                filter.limit());
    }

    @Override
    public List<Job> activeOnVault(UUID vault) {
        return sql.query(
                "select " + JobRows.COLUMNS
                        + " from job j where j.vault = ? and j.state in ('QUEUED', 'RUNNING') order by j.seq",
                rows::read,
                vault);
    }

    @Override
    public long activeOnSource(String source) {
        return sql.one(
                        "select count(*) from job where source = ? and state in ('QUEUED', 'RUNNING')",
                        row -> row.getLong(1),
                        source)
                .orElse(0L);
    }

    @Override
    public int prune(Duration kept) {
        List<UUID> old = sql.query("""
                select j.id from job j where j.ended_at < now() - make_interval(secs => ?)
                    and not exists (select 1 from restore_point p where p.job = j.id)
                    and not exists (select 1 from outbox o where o.job = j.id and o.delivered_at is null)
                order by j.ended_at limit 1000 for update skip locked
                """, row -> row.getObject(1, UUID.class), seconds(kept));
        for (UUID id : old) {
            sql.update("delete from outbox where job = ?", id);
            sql.update("delete from job_attempt where job = ?", id);
            sql.update("delete from resource_lock where job = ?", id);
            sql.update("delete from job where id = ?", id);
        }
        return old.size();
    }

    @Override
    public boolean targetNameTaken(String source, String name) {
        return sql.one("""
                        select 1 from job where source = ? and target_name = ? and state in ('QUEUED', 'RUNNING')
                        """, row -> row.getInt(1), source, name).isPresent();
    }

    @Override
    public List<QueueDepth.Entry> queue() {
        return sql.query("""
                select runner, state = 'RUNNING' as running, moves_data and ending is null as moves_data, not_before <= now() as due, ending is not null as look, source, vault,
                    exclusive_locks, shared_locks
                from job where state in ('QUEUED', 'RUNNING') order by priority desc, seq limit 10000
                """, JobTable::entry);
    }

    private static QueueDepth.Entry entry(ResultSet row) throws SQLException {
        return new QueueDepth.Entry(
                Runner.valueOf(row.getString("runner")),
                row.getBoolean("running"),
                row.getBoolean("moves_data"),
                row.getBoolean("due"),
                row.getBoolean("look"),
                row.getString("source"),
                row.getObject("vault", UUID.class),
                new JobLocks(texts(row, "exclusive_locks"), texts(row, "shared_locks")));
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** NUL is the one character PostgreSQL's text does not hold. */
    private static @Nullable String shortened(@Nullable String text, int most) {
        return text == null ? null : TextRule.mended(text, most);
    }
}
