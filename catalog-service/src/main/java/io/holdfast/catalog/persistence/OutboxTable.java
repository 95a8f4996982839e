package io.holdfast.catalog.persistence;

import io.holdfast.catalog.app.port.OutboxStore;
import io.holdfast.catalog.domain.Settlement;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The outbox table. A claim is a random id with an end: whoever lost it changes nothing any more. The delivery of
 * a job's last message gives its locks back: until then what it held on the hypervisor is still there.
 */
@ApplicationScoped
@Transactional
class OutboxTable implements OutboxStore {

    private final Sql sql;

    OutboxTable(Sql sql) {
        this.sql = sql;
    }

    @Override
    public void add(UUID job, Settlement kind, @Nullable UUID moment) {
        sql.update("insert into outbox (job, kind, moment) values (?, ?, ?)", job, kind, moment);
    }

    @Override
    public void addForgotten(UUID vault) {
        sql.update("insert into outbox (vault, kind) values (?, ?)", vault, Settlement.FORGET_LINE);
    }

    @Override
    public List<Message> claim(int limit, Duration holdFor) {
        return sql.query(
                """
                update outbox set claim = gen_random_uuid(), tries = tries + 1,
                    claimed_until = clock_timestamp() + make_interval(secs => ?)
                where id in (
                    select o.id from outbox o left join job j on j.id = o.job
                    where o.delivered_at is null and o.not_before <= clock_timestamp()
                        and (o.claimed_until is null or o.claimed_until < clock_timestamp())
                        and (o.job is null or j.ended_at is not null)
                        and (o.vault is null or not exists (
                            select 1 from outbox told join job tj on tj.id = told.job
                            where tj.vault = o.vault and told.delivered_at is null))
                        and not exists (select 1 from outbox earlier
                            where earlier.job = o.job and earlier.id < o.id and earlier.delivered_at is null)
                    order by o.not_before, o.id limit ?
                    for update of o skip locked)
                returning id, claim, kind, job, moment, vault, tries
                """,
                row -> new Message(
                        row.getLong("id"),
                        row.getObject("claim", UUID.class),
                        Settlement.valueOf(row.getString("kind")),
                        row.getObject("job", UUID.class),
                        row.getObject("moment", UUID.class),
                        row.getObject("vault", UUID.class),
                        row.getInt("tries")),
                holdFor.toMillis() / 1000.0,
                limit);
    }

    @Override
    public void delivered(Message message) {
        sql.update("""
                update outbox set delivered_at = clock_timestamp(), claimed_until = null, last_error = null
                where id = ? and claim = ? and delivered_at is null
                """, message.id(), message.claim());
        sql.update("""
                delete from resource_lock l using job j
                where l.job = ? and j.id = l.job and j.ended_at is not null
                    and not exists (select 1 from outbox o where o.job = l.job and o.delivered_at is null)
                """, message.job());
    }

    @Override
    public void failed(Message message, Duration retryAfter, String error) {
        sql.update("""
                update outbox set claimed_until = null, last_error = ?,
                    not_before = clock_timestamp() + make_interval(secs => ?)
                where id = ? and claim = ? and delivered_at is null
                """, error, retryAfter.toMillis() / 1000.0, message.id(), message.claim());
    }

    @Override
    public long depth() {
        return sql.one("select count(*) from outbox where delivered_at is null", row -> row.getLong(1))
                .orElse(0L);
    }
}
