package io.holdfast.worker;

import io.holdfast.api.Page;
import io.holdfast.api.RenewLease;
import io.holdfast.api.job.Heartbeat;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.LeaseRequest;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.source.VmInfo;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.SettleView;
import io.holdfast.api.view.ViewInfo;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The other two services, in process: answers as told, remembers what was asked. */
final class ScriptedServices implements RunnerApi, SnapshotServiceApi {

    final List<OpenView> opened = new CopyOnWriteArrayList<>();
    Function<UUID, VaultAccess> onVaultAccess = vault -> unexpected();
    Function<OpenView, ViewInfo> onOpenView = request -> unexpected();
    Runnable onRenew = () -> {};

    private static <T> T unexpected() {
        throw new AssertionError("not expected to be called");
    }

    @Override
    public VaultAccess vaultAccess(UUID vault) {
        return onVaultAccess.apply(vault);
    }

    @Override
    public ViewInfo openView(OpenView request) {
        opened.add(request);
        return onOpenView.apply(request);
    }

    @Override
    public ViewInfo renewView(UUID job, RenewLease renew) {
        onRenew.run();
        return onOpenView.apply(opened.getLast());
    }

    @Override
    public @Nullable LeasedJob lease(LeaseRequest request) {
        return unexpected();
    }

    @Override
    public Heartbeat.Reply heartbeat(UUID job, Heartbeat heartbeat) {
        return unexpected();
    }

    @Override
    public void end(UUID job, JobEnd end) {
        unexpected();
    }

    @Override
    public List<SourceInfo> sources() {
        return unexpected();
    }

    @Override
    public SourceInfo source(String name) {
        return unexpected();
    }

    @Override
    public SourceInfo addSource(SourceSpec spec) {
        return unexpected();
    }

    @Override
    public void removeSource(String name) {
        unexpected();
    }

    @Override
    public Page<VmInfo> vms(@Nullable String source, @Nullable String vm, @Nullable String after, int limit) {
        return unexpected();
    }

    @Override
    public VmInfo vm(String source, String vm) {
        return unexpected();
    }

    @Override
    public List<SnapshotInfo> snapshots(String source, String vm) {
        return unexpected();
    }

    @Override
    public ViewInfo view(UUID job) {
        return unexpected();
    }

    @Override
    public void settleView(SettleView settle) {
        unexpected();
    }

    @Override
    public TargetInfo openTarget(OpenTarget request) {
        return unexpected();
    }

    @Override
    public TargetInfo target(UUID job) {
        return unexpected();
    }

    @Override
    public TargetInfo renewTarget(UUID job, RenewLease renew) {
        return unexpected();
    }

    @Override
    public TargetInfo fillTarget(UUID job, FillTarget fill) {
        return unexpected();
    }

    @Override
    public TargetInfo finishTarget(UUID job, FinishTarget finish) {
        return unexpected();
    }

    @Override
    public void abortTarget(UUID job) {
        unexpected();
    }

    @Override
    public List<String> leftovers() {
        return unexpected();
    }
}
