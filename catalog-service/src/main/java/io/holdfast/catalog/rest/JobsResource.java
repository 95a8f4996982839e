package io.holdfast.catalog.rest;

import io.holdfast.api.Page;
import io.holdfast.api.Role;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.intake.FilterNames;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.queue.CancelJob;
import io.holdfast.catalog.domain.Job;
import io.holdfast.catalog.domain.NewJob;
import io.holdfast.catalog.domain.VmRef;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Jobs: listed, watched, cancelled. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "Jobs", description = "Every long-running act")
public class JobsResource {

    private final JobStore jobs;
    private final CancelJob cancel;
    private final EventStreams streams;
    private final Tickets tickets;
    private final FilterNames names;

    JobsResource(JobStore jobs, CancelJob cancel, EventStreams streams, Tickets tickets, FilterNames names) {
        this.jobs = jobs;
        this.cancel = cancel;
        this.streams = streams;
        this.tickets = tickets;
        this.names = names;
    }

    @GET
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "List jobs, newest first")
    public Page<JobInfo> list(
            @QueryParam("state") @Nullable String state,
            @QueryParam("vm") @Nullable @Size(min = 1, max = 200) String vm,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("100") @Min(1) @Max(1000) int limit) {
        VmRef ref = vm == null ? null : VmRef.parse(vm);
        JobState wanted = state(state);
        List<Job> found = rows(wanted, ref, after, limit);
        if (found.isEmpty() && ref != null) {
            found = names.otherwise(ref)
                    .map(other -> rows(wanted, other, after, limit))
                    .orElse(List.of());
        }
        return Pages.of(found, limit, Job::info, job -> Long.toString(job.sequence()));
    }

    private List<Job> rows(@Nullable JobState state, @Nullable VmRef vm, @Nullable String after, int limit) {
        return jobs.list(new JobStore.Filter(
                state,
                vm == null ? null : vm.source(),
                vm == null ? null : vm.nameOrId(),
                Pages.number(after),
                limit + 1));
    }

    @GET
    @Path("{id}")
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "Show a job")
    public JobInfo show(@PathParam("id") UUID id) {
        return find(id).info();
    }

    @POST
    @Path("{id}/cancel")
    @RolesAllowed(Role.OPERATOR)
    @Operation(summary = "Cancel a job: at once while it waits, through its runner while it runs")
    public JobInfo cancel(@PathParam("id") UUID id) {
        NewJob.Ticket ticket = tickets.of("job.cancel " + id, null);
        return cancel.cancel(id, ticket.actor(), ticket.requestId()).info();
    }

    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RolesAllowed(Role.VIEWER)
    @Operation(summary = "Watch a job: one event per change, until it ends")
    public void events(
            @PathParam("id") UUID id,
            @Context SseEventSink sink,
            @Context Sse sse,
            @Context HttpServerResponse response) {
        streams.watch(find(id), new EventStreams.Reader(sink, sse, response::headWritten));
    }

    private Job find(UUID id) {
        return jobs.find(id)
                .orElseThrow(() -> new ApiException(ErrorCode.JOB_NOT_FOUND, "There is no job " + id + "."));
    }

    private static @Nullable JobState state(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (JobState state : JobState.values()) {
            if (state.name().equalsIgnoreCase(text)) {
                return state;
            }
        }
        throw new ApiException(
                ErrorCode.INVALID_REQUEST, "state is one of queued, running, succeeded, failed, cancelled.");
    }
}
