package io.holdfast.catalog.persistence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Progress;
import io.holdfast.catalog.domain.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** From a row of {@code job} to the record. */
@ApplicationScoped
class JobRows {

    /** What {@link #read} needs. */
    static final String COLUMNS = """
            j.id, j.seq, j.version, j.kind, j.state, j.spec::text as spec, j.subject, j.source, j.vm, j.vault, j.fencing,
            j.attempts, j.strikes, j.max_attempts, j.lease_owner, j.lease_subject, j.cancel_requested, j.doubtful,
            j.done_bytes - j.struck_at_bytes as gained_bytes, j.ending, j.look_until < clock_timestamp() as overdue, j.phase, j.done_bytes,
            j.total_bytes, j.progress_detail, j.bytes_per_second, j.error_code, j.error, j.result::text as result,
            j.created_by, j.body_hash, j.created_at, j.started_at, j.ended_at
            """;

    private final ObjectMapper json;

    JobRows(ObjectMapper json) {
        this.json = json;
    }

    Job read(ResultSet row) throws SQLException {
        JobState state = JobState.valueOf(row.getString("state"));
        return new Job(
                row.getObject("id", UUID.class),
                row.getLong("seq"),
                row.getLong("version"),
                JobKind.valueOf(row.getString("kind")),
                state,
                spec(row.getString("spec")),
                row.getString("subject"),
                row.getString("source"),
                row.getString("vm"),
                row.getObject("vault", UUID.class),
                row.getLong("fencing"),
                row.getInt("attempts"),
                row.getInt("strikes"),
                row.getInt("max_attempts"),
                row.getString("lease_owner"),
                row.getString("lease_subject"),
                row.getBoolean("cancel_requested"),
                row.getBoolean("doubtful"),
                row.getLong("gained_bytes"),
                ending(row),
                progress(row, state == JobState.RUNNING),
                row.getString("error_code"),
                row.getString("error"),
                result(row.getString("result")),
                row.getString("created_by"),
                row.getString("body_hash"),
                instant(row, "created_at"),
                nullableInstant(row, "started_at"),
                nullableInstant(row, "ended_at"));
    }

    private static Job.@Nullable Ending ending(ResultSet row) throws SQLException {
        String ending = row.getString("ending");
        return ending == null ? null : new Job.Ending(JobState.valueOf(ending), row.getBoolean("overdue"));
    }

    String spec(JobSpec spec) {
        try {
            return json.writerFor(JobSpec.class).writeValueAsString(spec);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A job's spec cannot be written", e);
        }
    }

    private JobSpec spec(String text) {
        try {
            return json.readValue(text, JobSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A job's spec cannot be read", e);
        }
    }

    private @Nullable JsonNode result(@Nullable String text) {
        try {
            return text == null ? null : json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A job's result cannot be read", e);
        }
    }

    /** Rate and time left mean something only while an attempt runs. */
    private static @Nullable Progress progress(ResultSet row, boolean running) throws SQLException {
        String phase = row.getString("phase");
        if (phase == null) {
            return null;
        }
        long done = row.getLong("done_bytes");
        long total = row.getLong("total_bytes");
        double perSecond = row.getDouble("bytes_per_second");
        boolean rated = !row.wasNull() && running;
        Long rate = rated ? Math.round(perSecond) : null;
        Long eta = rated && perSecond >= 1 && total > done ? (long) Math.ceil((total - done) / perSecond) : null;
        return new Progress(phase, done, total, row.getString("progress_detail"), rate, eta);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant nullableInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
