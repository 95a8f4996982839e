package io.holdfast.worker.rest;

import io.holdfast.api.Role;
import io.holdfast.jobs.JobRunner;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** What this worker is doing. */
@Path("/api/v1/status")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class StatusResource {

    private final JobRunner runner;

    StatusResource(JobRunner runner) {
        this.runner = runner;
    }

    /** Its state; {@code running} counts the jobs it runs now. */
    public record Status(String service, int running) {}

    @GET
    @RolesAllowed(Role.VIEWER)
    public Status status() {
        return new Status("backup-worker", runner.running());
    }
}
