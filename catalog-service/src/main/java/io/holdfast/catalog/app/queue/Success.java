package io.holdfast.catalog.app.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.JobState;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultChecked;
import io.holdfast.catalog.app.port.Meters;
import io.holdfast.catalog.app.port.PointStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a successful attempt made, brought into the catalog within the caller's transaction. */
@ApplicationScoped
class Success {

    private final PointStore points;
    private final VaultOutcome vaults;
    private final Meters meters;
    private final ObjectMapper json;

    Success(PointStore points, VaultOutcome vaults, Meters meters, ObjectMapper json) {
        this.points = points;
        this.vaults = vaults;
        this.meters = meters;
        this.json = json;
    }

    /** Usually a success; a failure when the result contradicts what the catalog knows. */
    Verdict verdict(Job job, @Nullable JsonNode result) {
        return switch (job.spec()) {
            case JobSpec.Backup backup -> committed(job, backup, result);
            case JobSpec.VaultAdd add -> vaults.opened(add.vault(), formatId(result));
            case JobSpec.VaultCheck check -> vaults.checked(check.vault(), formatId(result), checked(result));
            case JobSpec.VaultCollect collect -> vaults.opened(collect.vault(), formatId(result));
            case JobSpec.PointDelete delete -> {
                points.remove(delete.point());
                yield new Verdict.Final(JobState.SUCCEEDED, null, null);
            }
            case JobSpec.Restore _, JobSpec.SnapshotCreate _, JobSpec.SnapshotDelete _, JobSpec.SourceCheck _ ->
                new Verdict.Final(JobState.SUCCEEDED, null, null);
        };
    }

    private Verdict committed(Job job, JobSpec.Backup backup, @Nullable JsonNode result) {
        PointInfo point = point(result);
        if (!backup.point().equals(point.id()) || !backup.vm().equals(point.vm())) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "The result is not the point this job makes.");
        }
        if (!points.insert(withSource(point, backup), backup.vault(), job.id())) {
            return new Verdict.Final(
                    JobState.FAILED,
                    ErrorCode.VAULT_IS_ANOTHER,
                    "Number " + point.sequence() + " of this VM in the vault was another point before: the vault was"
                            + " rolled back or replaced.");
        }
        vaults.reached(backup.vault());
        meters.committed(point.readBytes(), point.storedBytes());
        return new Verdict.Final(JobState.SUCCEEDED, null, null);
    }

    /** The catalog's own word on where the VM lives, not the runner's. */
    private static PointInfo withSource(PointInfo p, JobSpec.Backup backup) {
        return new PointInfo(
                p.id(),
                backup.vm(),
                p.vmName(),
                backup.source(),
                p.vault(),
                p.sequence(),
                p.kind(),
                p.base(),
                p.consistency(),
                p.takenAt(),
                p.committedAt(),
                p.seconds(),
                p.virtualBytes(),
                p.readBytes(),
                p.newBytes(),
                p.storedBytes(),
                p.disks(),
                p.notes(),
                p.manifestHash());
    }

    private PointInfo point(@Nullable JsonNode result) {
        @Nullable PointInfo point;
        try {
            point = result == null ? null : json.treeToValue(result, PointInfo.class);
        } catch (JsonProcessingException e) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "The result is not a restore point.", e);
        }
        if (point == null || !complete(point)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "The result is not a complete restore point.");
        }
        return point;
    }

    // What Jackson reads may lack any field, whatever the record's annotations say.
    @SuppressWarnings("ConstantValue")
    @org.jspecify.annotations.NullUnmarked
    private static boolean complete(PointInfo p) {
        return p.id() != null
                && p.vm() != null
                && p.vmName() != null
                && p.kind() != null
                && p.consistency() != null
                && p.takenAt() != null
                && p.committedAt() != null
                && p.disks() != null
                && p.notes() != null
                && (p.manifestHash() == null || p.manifestHash().matches("[0-9a-f]{64}"))
                && p.sequence() >= 0;
    }

    // What Jackson reads may lack any field, whatever the record's annotations say.
    @SuppressWarnings("ConstantValue")
    @org.jspecify.annotations.NullUnmarked
    private List<VaultChecked.Finding> checked(@Nullable JsonNode result) {
        try {
            VaultChecked checked = json.treeToValue(result, VaultChecked.class);
            if (checked == null || checked.findings() == null) {
                return List.of();
            }
            if (checked.findings().stream().anyMatch(f -> f == null || f.vm() == null || f.sentence() == null)) {
                throw new ApiException(
                        ErrorCode.INVALID_REQUEST, "The result has findings without a VM or a sentence.");
            }
            return checked.findings();
        } catch (JsonProcessingException e) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "The result is not that of a check.", e);
        }
    }

    private static String formatId(@Nullable JsonNode result) {
        String id = result == null ? "" : result.path("formatId").asText("");
        if (id.isEmpty() || id.length() > 100) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "The result names no formatId.");
        }
        return id;
    }
}
