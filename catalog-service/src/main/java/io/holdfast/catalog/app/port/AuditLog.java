package io.holdfast.catalog.app.port;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who changed what. Rows are only ever added, and dropped when they are old. */
public interface AuditLog {

    /**
     * One change.
     *
     * @param actor name in the token, or the runner's instance
     * @param outcome {@code accepted}, {@code done}, {@code unknown}, or how a job ended
     */
    record Entry(
            String actor,
            String action,
            String subject,
            @Nullable UUID job,
            String requestId,
            String outcome) {}

    /** A change as it is listed. */
    record Row(
            long id,
            Instant at,
            String actor,
            String action,
            String subject,
            @Nullable UUID job,
            String requestId,
            String outcome) {}

    void add(Entry entry);

    /** Drops rows older than this; returns how many. */
    int prune(Duration kept);

    /** Newest first, those below {@code before}. */
    List<Row> list(@Nullable Long before, int limit);
}
