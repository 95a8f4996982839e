package io.holdfast.worker.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.jobs.JobContext;
import io.holdfast.jobs.JobHandler;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.VaultException;
import io.holdfast.worker.domain.Failures;

/** Opens a vault, compares its id with the catalog's, and lists it. Writes nothing. */
public final class CheckVault implements JobHandler {

    private final RunnerApi catalog;
    private final VaultDoor door;

    public CheckVault(RunnerApi catalog, VaultDoor door) {
        this.catalog = catalog;
        this.door = door;
    }

    @Override
    public JsonNode run(LeasedJob job, JobContext context) {
        var spec = (JobSpec.VaultCheck) job.spec();
        try (OpenVault vault = door.open(catalog.vaultAccess(spec.vault()))) {
            vault.check();
            return JsonNodeFactory.instance.objectNode().put("formatId", vault.formatId());
        } catch (VaultException e) {
            throw Failures.of(e);
        } catch (StorageException e) {
            throw Failures.of(e);
        }
    }
}
