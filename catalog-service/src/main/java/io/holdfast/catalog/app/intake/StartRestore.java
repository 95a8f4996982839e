package io.holdfast.catalog.app.intake;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.Requests;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.PointStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Checks a wish for a restore and queues it. */
@ApplicationScoped
public class StartRestore {

    private final SubmitJob submit;
    private final PointStore points;
    private final JobStore jobs;
    private final Hypervisors hypervisors;

    StartRestore(SubmitJob submit, PointStore points, JobStore jobs, Hypervisors hypervisors) {
        this.submit = submit;
        this.points = points;
        this.jobs = jobs;
        this.hypervisors = hypervisors;
    }

    /** The queued job; nothing is queued when anything about the request is wrong. */
    public Job start(Requests.Restore request, NewJob.Ticket ticket) {
        if ((request.name() == null) != request.inPlace()) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "A restore has either a name for the new VM or is in place, not both.");
        }
        return submit.repeated(ticket).orElseGet(() -> queue(request, ticket));
    }

    private Job queue(Requests.Restore request, NewJob.Ticket ticket) {
        PointStore.Found found = points.find(request.point())
                .orElseThrow(() -> new ApiException(
                        ErrorCode.POINT_NOT_FOUND, "There is no restore point " + request.point() + "."));
        PointInfo point = found.point();
        String source = Optional.ofNullable(request.source()).orElse(point.source());
        List<String> disks = disks(request, point);
        if (request.inPlace()) {
            checkInPlace(source, point);
        } else {
            checkName(source, Optional.ofNullable(request.name()).orElseThrow());
        }
        JobSpec spec = new JobSpec.Restore(
                point.id(),
                found.vault(),
                source,
                point.vm(),
                request.name(),
                request.inPlace(),
                request.pool(),
                request.network(),
                disks,
                request.start(),
                point.sequence());
        String subject = Optional.ofNullable(request.name()).orElse(point.vmName());
        return submit.queue(new NewJob(UUID.randomUUID(), spec, subject, ticket));
    }

    private static List<String> disks(Requests.Restore request, PointInfo point) {
        List<String> wanted = Optional.ofNullable(request.disks()).orElse(List.of());
        List<String> held = point.disks().stream().map(PointInfo.PointDisk::key).toList();
        for (String disk : wanted) {
            if (!held.contains(disk)) {
                throw new ApiException(
                        ErrorCode.DISK_NOT_FOUND,
                        "The point has no disk " + disk + "; it has " + String.join(", ", held) + ".");
            }
        }
        return wanted.stream().distinct().toList();
    }

    private void checkInPlace(String source, PointInfo point) {
        if (!source.equals(point.source())) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "A restore in place goes to the point's own source, " + point.source() + ".");
        }
        try {
            hypervisors.vm(source, point.vm());
        } catch (ApiException e) {
            if (e.code() != ErrorCode.VM_NOT_FOUND) {
                throw e;
            }
            throw new ApiException(
                    ErrorCode.VM_NOT_FOUND,
                    "The VM " + point.vmName() + " (" + point.vm() + ") is gone from " + source
                            + ": restore the point as a new one.",
                    e);
        }
    }

    private void checkName(String source, String name) {
        hypervisors.source(source);
        boolean exists = hypervisors.vms(source, name, null, 10).items().stream()
                .anyMatch(vm -> vm.name().equals(name));
        if (exists) {
            throw new ApiException(ErrorCode.VM_NAME_EXISTS, "There is a VM called " + name + " on " + source + ".");
        }
        checkQueued(source, name);
    }

    @Transactional
    void checkQueued(String source, String name) {
        if (jobs.targetNameTaken(source, name)) {
            throw new ApiException(
                    ErrorCode.VM_NAME_EXISTS,
                    "Another restore makes a VM called " + name + " on " + source + " already.");
        }
    }
}
