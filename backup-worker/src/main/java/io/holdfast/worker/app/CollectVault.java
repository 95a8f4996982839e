package io.holdfast.worker.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.point.PointHead;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.vault.VaultCollected;
import io.holdfast.jobs.JobContext;
import io.holdfast.jobs.JobHandler;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.CollectOptions;
import io.holdfast.vault.CollectReport;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.access.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Deletes what no restore point of a vault needs any more. A vault that lacks a point which the catalog knows, or of which records are
 * missing, is left as it is.
 */
public final class CollectVault implements JobHandler {

    private final RunnerApi catalog;
    private final VaultDoor door;
    private final MonotonicClock clock;
    private final ObjectMapper json;

    public CollectVault(RunnerApi catalog, VaultDoor door, MonotonicClock clock, ObjectMapper json) {
        this.catalog = catalog;
        this.door = door;
        this.clock = clock;
        this.json = json;
    }

    @Override
    public JsonNode run(LeasedJob job, JobContext context) {
        var spec = (JobSpec.VaultCollect) job.spec();
        Map<String, ChainHead> known = job.heads().stream()
                .collect(Collectors.toMap(PointHead::vm, head -> new ChainHead(head.sequence(), head.hash())));
        context.progress(new Progress("collect", 0, 0, null, null, null));
        try (OpenVault vault = door.open(catalog.vaultAccess(spec.vault()))) {
            CollectReport report = vault.collect(new CollectOptions(
                    false,
                    Optional.of(CollectOptions.PATIENCE),
                    false,
                    known,
                    clock,
                    sessions -> context.progress(new Progress(
                            "wait", 0, 0, "a sign of life of " + sessions.size() + " backups", null, null))));
            report.refusal().ifPresent(sentence -> {
                throw new ApiException(ErrorCode.VAULT_CHAIN_BROKEN, sentence);
            });
            return json.valueToTree(new VaultCollected(
                    vault.formatId(), report.points(), report.garbageBytes(), report.deletedBytes(), lines(report)));
        } catch (VaultException e) {
            throw Failures.OF_VAULT.of(e);
        } catch (StorageException e) {
            throw Failures.OF_VAULT.of(e);
        }
    }

    private static List<String> lines(CollectReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(report.points() + " points need " + (report.packs() - report.garbagePacks()) + " of "
                + report.packs() + " packs; " + report.deletedPacks() + " packs, " + report.deletedBytes()
                + " bytes, were deleted.");
        report.fenced()
                .forEach(session -> lines.add("Job " + session.job() + " of " + session.vm()
                        + " was declared dead: nothing was heard of it for "
                        + CollectOptions.PATIENCE.toMinutes() + " minutes."));
        if (!report.waitingFor().isEmpty()) {
            lines.add("Packs are kept for " + report.waitingFor().size() + " backups that did not end: collect again.");
        }
        return lines;
    }
}
