package io.holdfast.catalog.rest;

import io.holdfast.api.Role;
import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.LeaseRequest;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.catalog.app.queue.EndAttempt;
import io.holdfast.catalog.app.queue.ExpireLeases;
import io.holdfast.catalog.app.queue.LeaseJob;
import io.holdfast.catalog.app.queue.RenewLease;
import io.holdfast.catalog.app.vault.ManageVaults;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The catalog's side of the job protocol. */
@RunOnVirtualThread
@RolesAllowed(Role.WORKER)
@Tag(name = "Runner", description = "The job protocol between the catalog and the services")
public class RunnerResource implements RunnerApi {

    private final ExpireLeases expire;
    private final LeaseJob lease;
    private final RenewLease renew;
    private final EndAttempt end;
    private final ManageVaults vaults;
    private final SecurityIdentity identity;

    RunnerResource(
            ExpireLeases expire,
            LeaseJob lease,
            RenewLease renew,
            EndAttempt end,
            ManageVaults vaults,
            SecurityIdentity identity) {
        this.expire = expire;
        this.lease = lease;
        this.renew = renew;
        this.end = end;
        this.vaults = vaults;
        this.identity = identity;
    }

    @Override
    @Operation(summary = "Lease the next job")
    public @Nullable LeasedJob lease(LeaseRequest request) {
        expire.run();
        return lease.lease(request, identity.getPrincipal().getName()).orElse(null);
    }

    @Override
    @Operation(summary = "Renew a lease and report progress")
    public Heartbeat.Reply heartbeat(UUID job, Heartbeat heartbeat) {
        return renew.renew(job, heartbeat);
    }

    @Override
    @Operation(summary = "End an attempt")
    public void end(UUID job, JobEnd attempt) {
        end.end(job, attempt);
    }

    @Override
    @Operation(summary = "What opens a vault")
    public VaultAccess vaultAccess(UUID vault) {
        return vaults.access(vault);
    }
}
