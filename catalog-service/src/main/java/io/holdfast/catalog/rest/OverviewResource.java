package io.holdfast.catalog.rest;

import io.holdfast.api.Page;
import io.holdfast.api.Role;
import io.holdfast.api.job.JobKind.Runner;
import io.holdfast.catalog.app.port.AuditLog;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.domain.QueueDepth;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What waits, and what was done. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Overview", description = "The queue's depth and the audit")
public class OverviewResource {

    private final JobStore jobs;
    private final AuditLog audit;
    private final Settings settings;

    OverviewResource(JobStore jobs, AuditLog audit, Settings settings) {
        this.jobs = jobs;
        this.audit = audit;
        this.settings = settings;
    }

    @GET
    @Path("queue")
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "Depth of the queue by runner, for people and autoscalers")
    public Page<QueueDepth> queue() {
        List<QueueDepth.Entry> entries = jobs.queue();
        return new Page<>(
                Arrays.stream(Runner.values())
                        .map(runner -> QueueDepth.of(runner, entries, settings.limits()))
                        .toList(),
                null);
    }

    @GET
    @Path("audit")
    @RolesAllowed(Role.ADMIN)
    @Operation(summary = "Who changed what, newest first")
    public Page<AuditLog.Row> audit(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        return Pages.of(audit.list(Pages.number(after), limit + 1), limit, row -> row, row -> Long.toString(row.id()));
    }
}
