package io.holdfast.catalog.rest;

import io.holdfast.api.Page;
import io.holdfast.api.Patterns;
import io.holdfast.api.Role;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.snapshot.SnapshotRequest;
import io.holdfast.catalog.app.intake.StartSnapshot;
import io.quarkus.resteasy.reactive.jackson.CustomDeserialization;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Snapshots on the hypervisor. */
@Path("/api/v1/snapshots")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Snapshots", description = "Points in a VM's disk chain on the hypervisor")
public class SnapshotsResource {

    private final StartSnapshot snapshots;
    private final Tickets tickets;

    SnapshotsResource(StartSnapshot snapshots, Tickets tickets) {
        this.snapshots = snapshots;
        this.tickets = tickets;
    }

    @GET
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "List a VM's snapshots")
    public Page<SnapshotInfo> list(@QueryParam("vm") @NotNull @Size(min = 1, max = 200) String vm) {
        return new Page<>(snapshots.list(vm), null);
    }

    @POST
    @ResponseStatus(202)
    @RolesAllowed(Role.OPERATOR)
    @Operation(summary = "Take a snapshot")
    @CustomDeserialization(StrictBody.class)
    public JobInfo create(@NotNull @Valid SnapshotRequest request) {
        return snapshots.create(request, tickets.of("snapshot", request)).info();
    }

    @DELETE
    @Path("{source}/{vm}/{name}")
    @ResponseStatus(202)
    @RolesAllowed(Role.OPERATOR)
    @Operation(summary = "Delete a snapshot, keeping the VM's present data")
    public JobInfo delete(
            @PathParam("source") @Pattern(regexp = Patterns.NAME) String source,
            @PathParam("vm") @Size(min = 1, max = 200) String vm,
            @PathParam("name") @Size(min = 1, max = 80) String name) {
        var ticket = tickets.of("snapshot-delete " + source + "/" + vm + "/" + name, null);
        return snapshots.delete(source, vm, name, ticket).info();
    }
}
