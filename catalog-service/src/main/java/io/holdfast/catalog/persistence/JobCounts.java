package io.holdfast.catalog.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;

/** How many jobs there are of each state and kind. */
@ApplicationScoped
public class JobCounts {

    /** One group. */
    public record Count(String state, String kind, long jobs) {}

    private final Sql sql;

    JobCounts(Sql sql) {
        this.sql = sql;
    }

    @Transactional
    public List<Count> byStateAndKind() {
        return sql.query(
                "select state, kind, count(*) from job group by state, kind",
                row -> new Count(row.getString(1), row.getString(2), row.getLong(3)));
    }
}
