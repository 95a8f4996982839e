package io.holdfast.catalog.rest;

import io.holdfast.api.Page;
import io.holdfast.api.Patterns;
import io.holdfast.api.Role;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAdded;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.catalog.app.port.VaultStore;
import io.holdfast.catalog.app.vault.AddVault;
import io.holdfast.catalog.app.vault.ManageVaults;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/** Vault records. Secrets go in and never come out again here. */
@Path("/api/v1/vaults")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Vaults", description = "Backup repositories")
public class VaultsResource {

    private final VaultStore vaults;
    private final AddVault add;
    private final ManageVaults manage;
    private final Tickets tickets;

    VaultsResource(VaultStore vaults, AddVault add, ManageVaults manage, Tickets tickets) {
        this.vaults = vaults;
        this.add = add;
        this.manage = manage;
        this.tickets = tickets;
    }

    @GET
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "List vaults in order of name")
    public Page<VaultInfo> list(
            @QueryParam("after") @Nullable @Pattern(regexp = Patterns.NAME) String after,
            @QueryParam("limit") @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        return Pages.of(vaults.list(after, limit + 1), limit, vault -> vault, VaultInfo::name);
    }

    @GET
    @Path("{name}")
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "Show a vault")
    public VaultInfo show(@PathParam("name") @Pattern(regexp = Patterns.NAME) String name) {
        return vaults.byName(name)
                .orElseThrow(() -> new ApiException(ErrorCode.VAULT_NOT_FOUND, "There is no vault " + name + "."));
    }

    @POST
    @ResponseStatus(202)
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Add a vault; a worker makes or opens it")
    @CustomDeserialization(StrictBody.class)
    public VaultAdded add(@NotNull @Valid VaultSpec spec) {
        return add.add(spec, tickets.of("vault.add", spec));
    }

    @DELETE
    @Path("{name}")
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Remove a vault's record; the vault itself is not touched")
    public void remove(
            @PathParam("name") @Pattern(regexp = Patterns.NAME) String name,
            @QueryParam("forget") @DefaultValue("false") boolean forget) {
        manage.remove(name, forget, tickets.of("vault.remove " + name, null));
    }

    @POST
    @Path("{name}/collect")
    @ResponseStatus(202)
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Collect a vault: a worker deletes what no restore point needs any more")
    public JobInfo collect(@PathParam("name") @Pattern(regexp = Patterns.NAME) String name) {
        return manage.collect(name, tickets.of("vault.collect " + name, null)).info();
    }

    @POST
    @Path("{name}/check")
    @ResponseStatus(202)
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Check a vault: a worker opens it and reads what backup and restore need")
    public JobInfo check(@PathParam("name") @Pattern(regexp = Patterns.NAME) String name) {
        return manage.check(name, tickets.of("vault.check " + name, null)).info();
    }
}
