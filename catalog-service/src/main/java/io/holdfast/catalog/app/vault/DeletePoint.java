package io.holdfast.catalog.app.vault;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.intake.SubmitJob;
import io.holdfast.catalog.app.port.PointStore;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.UUID;

/** Removes a restore point: a worker does it in the vault, and the index follows. */
@ApplicationScoped
public class DeletePoint {

    private final PointStore points;
    private final SubmitJob submit;

    DeletePoint(PointStore points, SubmitJob submit) {
        this.points = points;
        this.submit = submit;
    }

    /** Queues the removal. Error: {@code point-not-found}. */
    @Transactional
    public Job delete(UUID id, NewJob.Ticket ticket) {
        return submit.repeated(ticket).orElseGet(() -> {
            PointStore.Found found = points.find(id)
                    .orElseThrow(
                            () -> new ApiException(ErrorCode.POINT_NOT_FOUND, "There is no restore point " + id + "."));
            var spec = new JobSpec.PointDelete(
                    id, found.vault(), found.point().vm(), found.point().vmName());
            return submit.queue(
                    new NewJob(UUID.randomUUID(), spec, found.point().vmName(), ticket));
        });
    }
}
