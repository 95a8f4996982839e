package io.holdfast.catalog.domain;

import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import java.util.Optional;

/** What snapshot-service has to be told when a job has ended for good. */
public enum Settlement {
    /** The point is committed: promote its checkpoint, free the view. */
    SETTLE_COMMITTED,
    /** There will be no point: drop the new checkpoint, keep the previous ones, free the view. */
    SETTLE_ABANDONED,
    /** There will be no VM: remove what the target made. */
    ABORT_TARGET,
    /** A vault's record is gone: its checkpoints are nobody's any more. Of a vault, not of a job. */
    FORGET_LINE;

    /** The settlement of a job that ended; nothing for one that no attempt ever began. */
    public static Optional<Settlement> of(JobKind kind, JobState ended, long fencing) {
        if (fencing == 0) {
            return Optional.empty();
        }
        return switch (kind) {
            case BACKUP -> Optional.of(ended == JobState.SUCCEEDED ? SETTLE_COMMITTED : SETTLE_ABANDONED);
            case RESTORE -> ended == JobState.SUCCEEDED ? Optional.empty() : Optional.of(ABORT_TARGET);
            case VAULT_ADD, VAULT_CHECK, VAULT_COLLECT, POINT_DELETE, SNAPSHOT_CREATE, SNAPSHOT_DELETE, SOURCE_CHECK ->
                Optional.empty();
        };
    }
}
