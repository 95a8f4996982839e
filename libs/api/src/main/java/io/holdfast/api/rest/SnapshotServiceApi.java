package io.holdfast.api.rest;

import io.holdfast.api.Page;
import io.holdfast.api.RenewLease;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.source.VmInfo;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.SettleView;
import io.holdfast.api.view.ViewInfo;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
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
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What snapshot-service offers the other services. People go through the catalog, which forwards. Reading and source
 * administration are for role {@code catalog} work (token role {@code worker}), and so are views and targets.
 */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public interface SnapshotServiceApi {

    // ----- sources

    @GET
    @Path("sources")
    List<SourceInfo> sources();

    @GET
    @Path("sources/{name}")
    SourceInfo source(@PathParam("name") String name);

    /** Adds a source after connecting to it once; an unreachable one is refused. */
    @POST
    @Path("sources")
    SourceInfo addSource(@NotNull @Valid SourceSpec spec);

    /**
     * Removes a source on which no view, target or snapshot lives; {@code source-in-use} otherwise. Its checkpoints go as
     * far as the hypervisor lets them.
     *
     * @param forget whether it is removed although VMs of it have snapshots, which stay on the hypervisor
     */
    @DELETE
    @Path("sources/{name}")
    SourceRemoved removeSource(
            @PathParam("name") String name, @QueryParam("forget") @DefaultValue("false") boolean forget);

    // ----- inventory

    /** VMs in order of (source, name); {@code vm} filters by exact name or id, {@code after} is the last page's next. */
    @GET
    @Path("vms")
    Page<VmInfo> vms(
            @QueryParam("source") @Nullable String source,
            @QueryParam("vm") @Nullable String vm,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("100") @Min(1) @Max(1000) int limit);

    @GET
    @Path("sources/{source}/vms/{vm}")
    VmInfo vm(@PathParam("source") String source, @PathParam("vm") String vm);

    @GET
    @Path("sources/{source}/vms/{vm}/snapshots")
    List<SnapshotInfo> snapshots(@PathParam("source") String source, @PathParam("vm") String vm);

    // ----- frozen views

    /** Opens or continues; answers when the view is readable. */
    @POST
    @Path("views")
    ViewInfo openView(@NotNull @Valid OpenView request);

    @GET
    @Path("views/{job}")
    ViewInfo view(@PathParam("job") UUID job);

    /**
     * Keeps the view alive; {@code view-lost} when it was freed, {@code scratch-full} when that was why, {@code fenced} for
     * a lower fencing number.
     */
    @POST
    @Path("views/{job}/renew")
    ViewInfo renewView(@PathParam("job") UUID job, @NotNull @Valid RenewLease renew);

    /**
     * Renews, after having looked that the hypervisor still has the frozen moment: asked after the last read, it says that
     * all that was read is of that moment. {@code view-lost}, or {@code scratch-full}, when it is not there any more.
     */
    @POST
    @Path("views/{job}/observe")
    ViewInfo observeView(@PathParam("job") UUID job, @NotNull @Valid RenewLease renew);

    /**
     * The catalog's word on the job; idempotent, also for a view that never was. Whatever opens a view of the job
     * afterwards is answered {@code job-ended}.
     */
    @POST
    @Path("views/settle")
    void settleView(@NotNull @Valid SettleView settle);

    // ----- restore targets

    @POST
    @Path("targets")
    TargetInfo openTarget(@NotNull @Valid OpenTarget request);

    @GET
    @Path("targets/{job}")
    TargetInfo target(@PathParam("job") UUID job);

    @POST
    @Path("targets/{job}/renew")
    TargetInfo renewTarget(@PathParam("job") UUID job, @NotNull @Valid RenewLease renew);

    /**
     * Renews, once what is under way for the target has come to its end: afterwards no attempt with a lower fencing number
     * finishes it. {@code vm-busy} while something is.
     */
    @POST
    @Path("targets/{job}/observe")
    TargetInfo observeTarget(@PathParam("job") UUID job, @NotNull @Valid RenewLease renew);

    /** Starts the pulls and answers at once; poll {@link #target}. */
    @POST
    @Path("targets/{job}/fill")
    TargetInfo fillTarget(@PathParam("job") UUID job, @NotNull @Valid FillTarget fill);

    @POST
    @Path("targets/{job}/finish")
    TargetInfo finishTarget(@PathParam("job") UUID job, @NotNull @Valid FinishTarget finish);

    /**
     * Removes whatever the target made; idempotent, also for a target that never was. A finished target is left alone, and so
     * is one that a later attempt holds: {@code fenced}.
     */
    @POST
    @Path("targets/{job}/abort")
    void abortTarget(@PathParam("job") UUID job, @NotNull @Valid AbortTarget abort);

    /** The catalog's word that the job ended without a VM: aborts, and an opening that comes late is {@code job-ended}. */
    @POST
    @Path("targets/{job}/settle")
    void settleTarget(@PathParam("job") UUID job);

    // ----- checkpoints

    /** The catalog's word that a vault's record is gone: nobody needs its checkpoints any more. Idempotent. */
    @POST
    @Path("vaults/{vault}/forget")
    void forgetVault(@PathParam("vault") UUID vault);

    // ----- what was left behind

    /** Everything on the sources that carries Holdfast's mark and that no view, target, checkpoint or snapshot owns. */
    @GET
    @Path("leftovers")
    List<String> leftovers();
}
