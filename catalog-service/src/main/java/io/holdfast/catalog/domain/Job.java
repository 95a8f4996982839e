package io.holdfast.catalog.domain;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Progress;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job's row.
 *
 * @param sequence order of creation
 * @param version grows with every change that people can see
 * @param fencing number of the current or last attempt's lease, 0 before the first
 * @param attempts attempts begun
 * @param strikes attempts that failed or expired; released ones do not count
 * @param leaseSubject name in the token of who leased it last
 * @param doubtful whether an attempt may have made the point or the VM without the catalog knowing
 * @param gainedBytes how much further than at the last strike the attempts have come
 * @param ending set while it is only looked whether that is so
 */
public record Job(
        UUID id,
        long sequence,
        long version,
        JobKind kind,
        JobState state,
        JobSpec spec,
        String subject,
        @Nullable String source,
        @Nullable String vm,
        @Nullable UUID vault,
        long fencing,
        int attempts,
        int strikes,
        int maxAttempts,
        @Nullable String leaseOwner,
        @Nullable String leaseSubject,
        boolean cancelRequested,
        boolean doubtful,
        long gainedBytes,
        @Nullable Ending ending,
        @Nullable Progress progress,
        @Nullable String errorCode,
        @Nullable String error,
        @Nullable JsonNode result,
        String createdBy,
        @Nullable String bodyHash,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt) {

    /**
     * How the job ends unless a last look finds what it was to make.
     *
     * @param overdue whether nobody could look for too long
     */
    public record Ending(JobState state, boolean overdue) {}

    /** What people see of it. */
    public JobInfo info() {
        return new JobInfo(
                id,
                kind,
                state,
                subject,
                source,
                vm,
                attempts,
                cancelRequested,
                ending == null ? progress : Progress.of("look", 0, 0),
                errorCode,
                error,
                result,
                createdBy,
                createdAt,
                startedAt,
                endedAt);
    }
}
