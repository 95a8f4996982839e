package io.holdfast.api.rest;

import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.LeaseRequest;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.vault.VaultAccess;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The catalog's side of the job protocol, for role {@code worker}. */
@Path("/api/v1/runner")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public interface RunnerApi {

    /** One job for this runner, leased; nothing (204) when there is none that may run now. */
    @POST
    @Path("lease")
    @Nullable
    LeasedJob lease(@NotNull @Valid LeaseRequest request);

    /** Renews the lease. {@code lease-lost} when it ended, {@code fenced} when another attempt holds it. */
    @POST
    @Path("jobs/{job}/heartbeat")
    Heartbeat.Reply heartbeat(@PathParam("job") UUID job, @NotNull @Valid Heartbeat heartbeat);

    /** Ends an attempt. Idempotent for one fencing number; {@code fenced} for a lower one than the current. */
    @POST
    @Path("jobs/{job}/end")
    void end(@PathParam("job") UUID job, @NotNull @Valid JobEnd end);

    /** What opens a vault. */
    @GET
    @Path("vaults/{vault}")
    VaultAccess vaultAccess(@PathParam("vault") UUID vault);
}
