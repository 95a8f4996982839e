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
import java.time.Duration;
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

    /** Backups give a sign of life every 3 minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private static final int MOST_TOLD = 5;

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
                    Optional.of(PATIENCE),
                    false,
                    known,
                    clock,
                    sessions -> context.progress(new Progress(
                            "wait", 0, 0, "a sign of life of " + sessions.size() + " backups", null, null))));
            refuse(report);
            return json.valueToTree(new VaultCollected(
                    vault.formatId(), report.points(), report.garbageBytes(), report.deletedBytes(), lines(report)));
        } catch (VaultException e) {
            throw Failures.OF_VAULT.of(e);
        } catch (StorageException e) {
            throw Failures.OF_VAULT.of(e);
        }
    }

    private static void refuse(CollectReport report) {
        if (!report.obstacles().isEmpty()) {
            String first = report.obstacles().stream().limit(MOST_TOLD).collect(Collectors.joining("; "));
            throw new ApiException(
                    ErrorCode.VAULT_CHAIN_BROKEN, "Nothing was deleted, because the vault is damaged: " + first + ".");
        }
    }

    private static List<String> lines(CollectReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(report.points() + " points need " + (report.packs() - report.garbagePacks()) + " of "
                + report.packs() + " packs; " + report.deletedPacks() + " packs, " + report.deletedBytes()
                + " bytes, were deleted.");
        report.fenced()
                .forEach(session -> lines.add("Job " + session.job() + " of " + session.vm()
                        + " was declared dead: nothing was heard of it for 15 minutes."));
        if (!report.waitingFor().isEmpty()) {
            lines.add("Packs are kept for " + report.waitingFor().size() + " backups that did not end: collect again.");
        }
        return lines;
    }
}
