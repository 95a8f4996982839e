package io.holdfast.api.vault;

import io.holdfast.api.job.JobInfo;
import org.jspecify.annotations.Nullable;

/**
 * The answer to adding a vault.
 *
 * @param job the job in which a worker makes or opens it
 * @param recoveryKey shown this once, when no passphrase was given: without it and the catalog nobody opens the vault
 */
public record VaultAdded(
        VaultInfo vault, JobInfo job, @Nullable String recoveryKey) {
    @Override
    public String toString() {
        return "VaultAdded[" + vault.name() + "]";
    }
}
