package io.holdfast.catalog.persistence;

import io.holdfast.catalog.app.port.AuditLog;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The audit table; rows are added, and dropped when they are old. */
@ApplicationScoped
class AuditTable implements AuditLog {

    private final AuditRepository rows;
    private final Sql sql;

    AuditTable(AuditRepository rows, Sql sql) {
        this.rows = rows;
        this.sql = sql;
    }

    @Override
    @Transactional
    public void add(Entry entry) {
        AuditRow row = new AuditRow();
        row.actor = entry.actor();
        row.action = entry.action();
        row.subject = entry.subject();
        row.job = entry.job();
        row.requestId = entry.requestId();
        row.outcome = entry.outcome();
        rows.persist(row);
    }

    @Override
    @Transactional
    public int prune(Duration kept) {
        return sql.update("delete from audit where at < now() - make_interval(secs => ?)", kept.toMillis() / 1000.0);
    }

    @Override
    @Transactional
    public List<Row> list(@Nullable Long before, int limit) {
        long bound = before == null ? Long.MAX_VALUE : before;
        return rows.find("id < ?1 order by id desc", bound).page(0, limit).stream()
                .map(AuditRow::view)
                .toList();
    }

    /** Panache's side of it. */
    @ApplicationScoped
    static class AuditRepository implements PanacheRepositoryBase<AuditRow, Long> {}
}
