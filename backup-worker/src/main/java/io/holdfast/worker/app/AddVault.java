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
import io.holdfast.vault.access.Failures;

/** Makes a vault, or opens the one that is there; tells its id. Running it again changes nothing. */
public final class AddVault implements JobHandler {

    private final RunnerApi catalog;
    private final VaultDoor door;

    public AddVault(RunnerApi catalog, VaultDoor door) {
        this.catalog = catalog;
        this.door = door;
    }

    @Override
    public JsonNode run(LeasedJob job, JobContext context) {
        var spec = (JobSpec.VaultAdd) job.spec();
        try (OpenVault vault = door.openOrCreate(catalog.vaultAccess(spec.vault()))) {
            return JsonNodeFactory.instance.objectNode().put("formatId", vault.formatId());
        } catch (VaultException e) {
            throw Failures.OF_VAULT.of(e);
        } catch (StorageException e) {
            throw Failures.OF_VAULT.of(e);
        }
    }
}
