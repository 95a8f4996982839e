package io.holdfast.snapshot.rest;

import io.holdfast.api.Page;
import io.holdfast.api.RenewLease;
import io.holdfast.api.Role;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
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
import io.holdfast.snapshot.app.CheckpointDesk;
import io.holdfast.snapshot.app.LeftoverReport;
import io.holdfast.snapshot.app.SourceDirectory;
import io.holdfast.snapshot.app.SourceRemoval;
import io.holdfast.snapshot.app.TargetDesk;
import io.holdfast.snapshot.app.TargetEnd;
import io.holdfast.snapshot.app.ViewDesk;
import io.holdfast.snapshot.app.VmListing;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** {@link SnapshotServiceApi} over the use cases. Reading is for services and viewers, all else for services. */
@RunOnVirtualThread
@RolesAllowed(Role.WORKER)
public class SnapshotResource implements SnapshotServiceApi {

    private final SourceDirectory sources;
    private final SourceRemoval removal;
    private final VmListing vms;
    private final ViewDesk views;
    private final TargetDesk targets;
    private final TargetEnd targetEnd;
    private final CheckpointDesk checkpoints;
    private final LeftoverReport leftovers;
    private final SecurityIdentity caller;
    private final String catalog;

    public SnapshotResource(
            SourceDirectory sources,
            SourceRemoval removal,
            VmListing vms,
            ViewDesk views,
            TargetDesk targets,
            TargetEnd targetEnd,
            CheckpointDesk checkpoints,
            LeftoverReport leftovers,
            SecurityIdentity caller,
            @ConfigProperty(name = "holdfast.auth.catalog-subject", defaultValue = "catalog-service") String catalog) {
        this.sources = sources;
        this.removal = removal;
        this.vms = vms;
        this.views = views;
        this.targets = targets;
        this.targetEnd = targetEnd;
        this.checkpoints = checkpoints;
        this.leftovers = leftovers;
        this.caller = caller;
        this.catalog = catalog;
    }

    /** People change sources through the catalog, which writes the audit. */
    private void refuseAllButTheCatalog() {
        if (!caller.getPrincipal().getName().equals(catalog)) {
            throw new ApiException(ErrorCode.FORBIDDEN, "Sources are added and removed through the catalog.");
        }
    }

    @Override
    @RolesAllowed({Role.WORKER, Role.VIEWER})
    public List<SourceInfo> sources() {
        return sources.list();
    }

    @Override
    @RolesAllowed({Role.WORKER, Role.VIEWER})
    public SourceInfo source(String name) {
        return sources.show(name);
    }

    @Override
    public SourceInfo addSource(SourceSpec spec) {
        refuseAllButTheCatalog();
        return sources.add(spec);
    }

    @Override
    public SourceRemoved removeSource(String name, boolean forget) {
        refuseAllButTheCatalog();
        return removal.remove(name, forget);
    }

    @Override
    @RolesAllowed({Role.WORKER, Role.VIEWER})
    public Page<VmInfo> vms(@Nullable String source, @Nullable String vm, @Nullable String after, int limit) {
        return vms.page(source, vm, after, limit);
    }

    @Override
    @RolesAllowed({Role.WORKER, Role.VIEWER})
    public VmInfo vm(String source, String vm) {
        return vms.show(source, vm);
    }

    @Override
    @RolesAllowed({Role.WORKER, Role.VIEWER})
    public List<SnapshotInfo> snapshots(String source, String vm) {
        return vms.snapshots(source, vm);
    }

    @Override
    public ViewInfo openView(OpenView request) {
        return views.open(request);
    }

    @Override
    public ViewInfo view(UUID job) {
        return views.show(job);
    }

    @Override
    public ViewInfo renewView(UUID job, RenewLease renew) {
        return views.renew(job, renew);
    }

    @Override
    public ViewInfo observeView(UUID job, RenewLease renew) {
        return views.observe(job, renew);
    }

    @Override
    public void settleView(SettleView settle) {
        views.settle(settle);
    }

    @Override
    public TargetInfo openTarget(OpenTarget request) {
        return targets.open(request);
    }

    @Override
    public TargetInfo target(UUID job) {
        return targets.show(job);
    }

    @Override
    public TargetInfo renewTarget(UUID job, RenewLease renew) {
        return targets.renew(job, renew);
    }

    @Override
    public TargetInfo observeTarget(UUID job, RenewLease renew) {
        return targets.observe(job, renew);
    }

    @Override
    public TargetInfo fillTarget(UUID job, FillTarget fill) {
        return targets.fill(job, fill);
    }

    @Override
    public TargetInfo finishTarget(UUID job, FinishTarget finish) {
        return targetEnd.finish(job, finish);
    }

    @Override
    public void abortTarget(UUID job, AbortTarget abort) {
        targetEnd.abort(job, abort);
    }

    @Override
    public void settleTarget(UUID job) {
        targetEnd.settle(job);
    }

    @Override
    public void forgetVault(UUID vault) {
        checkpoints.forget(vault);
    }

    @Override
    @RolesAllowed({Role.WORKER, Role.VIEWER})
    public List<String> leftovers() {
        return leftovers.find();
    }
}
