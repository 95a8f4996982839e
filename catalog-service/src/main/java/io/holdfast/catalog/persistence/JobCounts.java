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

    /** How fast the running jobs of a kind move data together. */
    public record Rate(String kind, double bytesPerSecond) {}

    @Transactional
    public List<Rate> rates() {
        return sql.query(
                "select kind, coalesce(sum(bytes_per_second), 0) from job where state = 'RUNNING' group by kind",
                row -> new Rate(row.getString(1), row.getDouble(2)));
    }

    @Transactional
    public List<Count> byStateAndKind() {
        return sql.query(
                "select state, kind, count(*) from job group by state, kind",
                row -> new Count(row.getString(1), row.getString(2), row.getLong(3)));
    }
}
