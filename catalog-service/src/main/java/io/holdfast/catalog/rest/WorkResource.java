package io.holdfast.catalog.rest;

import io.holdfast.api.Role;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.Requests;
import io.holdfast.catalog.app.intake.StartBackup;
import io.holdfast.catalog.app.intake.StartRestore;
import io.quarkus.resteasy.reactive.jackson.CustomDeserialization;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Backups and restores, asked for. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@RolesAllowed(Role.OPERATOR)
@Tag(name = "Work", description = "Backups and restores")
public class WorkResource {

    private final StartBackup backup;
    private final StartRestore restore;
    private final Tickets tickets;

    WorkResource(StartBackup backup, StartRestore restore, Tickets tickets) {
        this.backup = backup;
        this.restore = restore;
        this.tickets = tickets;
    }

    @POST
    @Path("backups")
    @ResponseStatus(202)
    @Operation(summary = "Back up a VM")
    @CustomDeserialization(StrictBody.class)
    public JobInfo backup(@NotNull @Valid Requests.Backup request) {
        return backup.start(request, tickets.of("backup", request)).info();
    }

    @POST
    @Path("restores")
    @ResponseStatus(202)
    @Operation(summary = "Restore a point to a VM")
    @CustomDeserialization(StrictBody.class)
    public JobInfo restore(@NotNull @Valid Requests.Restore request) {
        return restore.start(request, tickets.of("restore", request)).info();
    }
}
