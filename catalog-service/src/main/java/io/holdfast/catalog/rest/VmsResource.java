package io.holdfast.catalog.rest;

import io.holdfast.api.Page;
import io.holdfast.api.Patterns;
import io.holdfast.api.Role;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.VmInfo;
import io.holdfast.catalog.app.intake.FindVm;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.domain.VmRef;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The inventory, as snapshot-service sees it now. */
@Path("/api/v1/vms")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@RolesAllowed(Role.VIEWER)
@Tag(name = "Virtual machines", description = "What the sources list")
public class VmsResource {

    private final Hypervisors hypervisors;
    private final FindVm find;

    VmsResource(Hypervisors hypervisors, FindVm find) {
        this.hypervisors = hypervisors;
        this.find = find;
    }

    @GET
    @Operation(summary = "List VMs in order of source and name; vm filters by NAME, SOURCE/NAME or id")
    public Page<VmInfo> list(
            @QueryParam("source") @Nullable @Pattern(regexp = Patterns.NAME) String source,
            @QueryParam("vm") @Nullable @Size(min = 1, max = 200) String vm,
            @QueryParam("after") @Nullable @Size(max = 500) String after,
            @QueryParam("limit") @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        if (vm == null) {
            return hypervisors.vms(source, null, after, limit);
        }
        VmRef ref = VmRef.parse(vm);
        if (source != null && ref.source() != null && !source.equals(ref.source())) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "source and vm name different sources.");
        }
        return hypervisors.vms(ref.source() == null ? source : ref.source(), ref.nameOrId(), after, limit);
    }

    @GET
    @Path("{ref: .+}")
    @Operation(summary = "Show one VM by NAME, SOURCE/NAME or id")
    public VmInfo show(@PathParam("ref") @Size(min = 1, max = 200) String ref) {
        return find.find(ref);
    }
}
