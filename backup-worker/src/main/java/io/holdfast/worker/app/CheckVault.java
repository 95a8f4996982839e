package io.holdfast.worker.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.point.PointHead;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.vault.VaultChecked;
import io.holdfast.jobs.JobContext;
import io.holdfast.jobs.JobHandler;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.ChainReport;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.access.ChainFindings;
import io.holdfast.vault.access.Failures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Opens a vault, compares its id with the catalog's, and every VM's chain of manifests with the newest point that the catalog
 * knows. Writes nothing. What is found is the result; the catalog decides what it means.
 */
public final class CheckVault implements JobHandler {

    private static final int MOST_FINDINGS = 1000;

    private final RunnerApi catalog;
    private final VaultDoor door;
    private final ObjectMapper json;

    public CheckVault(RunnerApi catalog, VaultDoor door, ObjectMapper json) {
        this.catalog = catalog;
        this.door = door;
        this.json = json;
    }

    @Override
    public JsonNode run(LeasedJob job, JobContext context) throws InterruptedException {
        var spec = (JobSpec.VaultCheck) job.spec();
        try (OpenVault vault = door.open(catalog.vaultAccess(spec.vault()))) {
            return json.valueToTree(check(vault, job.heads(), context));
        } catch (VaultException e) {
            throw Failures.OF_VAULT.of(e);
        } catch (StorageException e) {
            throw Failures.OF_VAULT.of(e);
        }
    }

    private static VaultChecked check(OpenVault vault, List<PointHead> heads, JobContext context)
            throws InterruptedException {
        Map<String, PointHead> known = heads.stream().collect(Collectors.toMap(PointHead::vm, Function.identity()));
        // Also VMs of which the vault shows nothing any more: that is what a removed chain looks like.
        Set<String> vms = new TreeSet<>(vault.vms());
        vms.addAll(known.keySet());
        List<VaultChecked.Finding> findings = new ArrayList<>();
        int points = 0;
        for (String vm : vms) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            context.progress(new Progress("check", 0, 0, points + " points looked at", null, null));
            Optional<PointHead> head = Optional.ofNullable(known.get(vm));
            ChainReport report = vault.checkChain(vm, head.map(h -> new ChainHead(h.sequence(), h.hash())));
            points += report.manifests();
            findings.addAll(ChainFindings.of(report, head.map(PointHead::vmName)));
        }
        // What harms first, should there be more than fit.
        findings.sort(Comparator.comparing(VaultChecked.Finding::harmless));
        List<VaultChecked.Finding> told = findings.stream().limit(MOST_FINDINGS).toList();
        return new VaultChecked(
                vault.formatId(),
                vms.size(),
                points,
                known.size(),
                told,
                ChainFindings.lines(vms.size(), points, known.size(), told));
    }
}
