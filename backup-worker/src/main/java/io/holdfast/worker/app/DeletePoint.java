package io.holdfast.worker.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.jobs.JobContext;
import io.holdfast.jobs.JobHandler;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.ForgetReport;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.access.Failures;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Removes one restore point from its vault. Repeated it finds the point removed, and that is a success. */
public final class DeletePoint implements JobHandler {

    private final RunnerApi catalog;
    private final VaultDoor door;
    private final ObjectMapper json;

    public DeletePoint(RunnerApi catalog, VaultDoor door, ObjectMapper json) {
        this.catalog = catalog;
        this.door = door;
        this.json = json;
    }

    @Override
    public JsonNode run(LeasedJob job, JobContext context) {
        var spec = (JobSpec.PointDelete) job.spec();
        try (OpenVault vault = door.open(catalog.vaultAccess(spec.vault()))) {
            ForgetReport done = vault.forget(spec.vm(), Set.of(spec.point()));
            String line = "The point was removed. What only it needed is deleted when the vault is collected.";
            if (!done.unknown().isEmpty()) {
                requireWhole(vault, spec);
                line = "The vault did not have the point any more; the catalog forgets it.";
            } else if (!done.already().isEmpty()) {
                line = "The point had been removed already; the catalog forgets it.";
            }
            return json.valueToTree(Map.of("point", spec.point(), "lines", List.of(line)));
        } catch (VaultException e) {
            throw Failures.OF_VAULT.of(e);
        } catch (StorageException e) {
            throw Failures.OF_VAULT.of(e);
        }
    }

    /** A point that cannot be read may be there: the catalog keeps what may still be needed. */
    private static void requireWhole(OpenVault vault, JobSpec.PointDelete spec) {
        if (!vault.checkChain(spec.vm(), java.util.Optional.empty()).intact()) {
            throw new ApiException(
                    ErrorCode.VAULT_CHAIN_BROKEN,
                    "The point was not found, and records of " + spec.vmName()
                            + " are missing or cannot be read: nothing was removed. 'vault check' tells more.");
        }
    }
}
