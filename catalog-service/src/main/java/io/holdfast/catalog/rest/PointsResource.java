package io.holdfast.catalog.rest;

import io.holdfast.api.Page;
import io.holdfast.api.Patterns;
import io.holdfast.api.Role;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.intake.FilterNames;
import io.holdfast.catalog.app.port.PointStore;
import io.holdfast.catalog.app.vault.DeletePoint;
import io.holdfast.catalog.domain.VmRef;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Restore points. */
@Path("/api/v1/points")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@RolesAllowed(Role.VIEWER)
@Tag(name = "Restore points", description = "Complete backups of a VM at one moment")
public class PointsResource {

    private final PointStore points;
    private final FilterNames names;
    private final DeletePoint delete;
    private final Tickets tickets;

    PointsResource(PointStore points, FilterNames names, DeletePoint delete, Tickets tickets) {
        this.points = points;
        this.names = names;
        this.delete = delete;
        this.tickets = tickets;
    }

    @GET
    @Operation(summary = "List restore points, newest first")
    public Page<PointInfo> list(
            @QueryParam("vm") @Nullable @Size(min = 1, max = 200) String vm,
            @QueryParam("vault") @Nullable @Pattern(regexp = Patterns.NAME) String vault,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        VmRef ref = vm == null ? null : VmRef.parse(vm);
        names.requireVault(vault);
        List<PointStore.Row> rows = rows(ref, vault, after, limit);
        if (rows.isEmpty() && ref != null) {
            rows = names.otherwise(ref)
                    .map(other -> rows(other, vault, after, limit))
                    .orElse(List.of());
        }
        return Pages.of(rows, limit, PointStore.Row::point, row -> Long.toString(row.sequence()));
    }

    private List<PointStore.Row> rows(@Nullable VmRef vm, @Nullable String vault, @Nullable String after, int limit) {
        return points.list(new PointStore.Filter(
                vm == null ? null : vm.source(),
                vm == null ? null : vm.nameOrId(),
                vault,
                Pages.number(after),
                limit + 1));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "Show a restore point")
    public PointInfo show(@PathParam("id") UUID id) {
        return points.find(id)
                .map(PointStore.Found::point)
                .orElseThrow(
                        () -> new ApiException(ErrorCode.POINT_NOT_FOUND, "There is no restore point " + id + "."));
    }

    @DELETE
    @Path("{id}")
    @ResponseStatus(202)
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Remove a restore point for good; its space comes back when the vault is collected")
    public JobInfo delete(@PathParam("id") UUID id) {
        return delete.delete(id, tickets.of("point.delete " + id, null)).info();
    }
}
