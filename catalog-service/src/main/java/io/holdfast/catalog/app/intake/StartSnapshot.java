package io.holdfast.catalog.app.intake;

import io.holdfast.api.TextRule;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.snapshot.SnapshotRequest;
import io.holdfast.api.source.VmInfo;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import io.holdfast.catalog.domain.VmRef;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;

/** Checks wishes about snapshots and queues them. */
@ApplicationScoped
public class StartSnapshot {

    private final SubmitJob submit;
    private final FindVm vms;
    private final Hypervisors hypervisors;

    StartSnapshot(SubmitJob submit, FindVm vms, Hypervisors hypervisors) {
        this.submit = submit;
        this.vms = vms;
        this.hypervisors = hypervisors;
    }

    /** Queues the creation of a snapshot. */
    public Job create(SnapshotRequest request, NewJob.Ticket ticket) {
        checkName(request.name());
        if (request.memory() || request.quiesce()) {
            throw new ApiException(
                    ErrorCode.SNAPSHOT_UNSUPPORTED, "Snapshots with memory or a quiesced guest are not there yet.");
        }
        return submit.repeated(ticket).orElseGet(() -> {
            VmInfo vm = vms.find(request.vm());
            if (exists(vm, request.name())) {
                throw new ApiException(
                        ErrorCode.SNAPSHOT_EXISTS, "The VM " + vm.name() + " has a snapshot of this name already.");
            }
            JobSpec spec = new JobSpec.SnapshotCreate(
                    vm.source(), vm.id(), vm.name(), request.name(), request.description(), request.quiesce());
            return submit.queue(new NewJob(UUID.randomUUID(), spec, vm.name(), ticket));
        });
    }

    /** Queues the deletion of a snapshot; {@code vm} is a name or an id on the source. */
    public Job delete(String source, String vm, String name, NewJob.Ticket ticket) {
        checkName(name);
        return submit.repeated(ticket).orElseGet(() -> {
            VmInfo found = vms.find(source + "/" + vm);
            if (!exists(found, name)) {
                throw new ApiException(
                        ErrorCode.SNAPSHOT_NOT_FOUND, "The VM " + found.name() + " has no snapshot of this name.");
            }
            JobSpec spec = new JobSpec.SnapshotDelete(found.source(), found.id(), found.name(), name);
            return submit.queue(new NewJob(UUID.randomUUID(), spec, found.name(), ticket));
        });
    }

    /** The snapshots of a VM. */
    public List<SnapshotInfo> list(String reference) {
        VmRef.parse(reference);
        VmInfo vm = vms.find(reference);
        return hypervisors.snapshots(vm.source(), vm.id());
    }

    private boolean exists(VmInfo vm, String name) {
        return hypervisors.snapshots(vm.source(), vm.id()).stream()
                .anyMatch(snapshot -> snapshot.name().equals(name));
    }

    private static void checkName(String name) {
        if (name.isBlank() || name.length() > 80 || !TextRule.holds(name, false)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "A snapshot's name has 1 to 80 characters and no control characters.");
        }
    }
}
