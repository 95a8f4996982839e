package io.holdfast.catalog.rest;

import io.holdfast.api.Page;
import io.holdfast.api.Patterns;
import io.holdfast.api.Role;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.catalog.app.intake.ManageSources;
import io.holdfast.catalog.app.port.Hypervisors;
import io.quarkus.resteasy.reactive.jackson.CustomDeserialization;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Hypervisor connections; snapshot-service owns them. */
@Path("/api/v1/sources")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Sources", description = "Hypervisor connections")
public class SourcesResource {

    private final ManageSources sources;
    private final Hypervisors hypervisors;
    private final Tickets tickets;

    SourcesResource(ManageSources sources, Hypervisors hypervisors, Tickets tickets) {
        this.sources = sources;
        this.hypervisors = hypervisors;
        this.tickets = tickets;
    }

    @GET
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "List sources in order of name")
    public Page<SourceInfo> list(
            @QueryParam("after") @Nullable @Pattern(regexp = Patterns.NAME) String after,
            @QueryParam("limit") @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        List<SourceInfo> rows = hypervisors.sources().stream()
                .filter(source -> after == null || source.name().compareTo(after) > 0)
                .sorted(Comparator.comparing(SourceInfo::name))
                .limit(limit + 1L)
                .toList();
        return Pages.of(rows, limit, source -> source, SourceInfo::name);
    }

    @GET
    @Path("{name}")
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "Show a source")
    public SourceInfo show(@PathParam("name") @Pattern(regexp = Patterns.NAME) String name) {
        return hypervisors.source(name);
    }

    @POST
    @ResponseStatus(201)
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Add a source")
    @CustomDeserialization(StrictBody.class)
    public SourceInfo add(@NotNull @Valid SourceSpec spec) {
        return sources.add(spec, tickets.of("source.add", spec));
    }

    @DELETE
    @Path("{name}")
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Remove a source; with forget also when VMs of it have snapshots, which stay as they are")
    public SourceRemoved remove(
            @PathParam("name") @Pattern(regexp = Patterns.NAME) String name,
            @QueryParam("forget") @DefaultValue("false") boolean forget) {
        return sources.remove(name, forget, tickets.of("source.remove " + name, null));
    }

    @POST
    @Path("{name}/check")
    @ResponseStatus(202)
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Check a source with a real view of a helper domain")
    public JobInfo check(@PathParam("name") @Pattern(regexp = Patterns.NAME) String name) {
        return sources.check(name, tickets.of("source.check " + name, null)).info();
    }
}
