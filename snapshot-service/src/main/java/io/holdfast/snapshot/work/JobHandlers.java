package io.holdfast.snapshot.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.jobs.JobContext;
import io.holdfast.jobs.JobHandler;
import io.holdfast.snapshot.app.SnapshotWork;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.app.SourceCheck;
import io.holdfast.snapshot.domain.Snapshot;
import java.util.Map;

/** The use cases as handlers of jobs. */
public final class JobHandlers {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SnapshotWork snapshots;
    private final SourceCheck check;

    public JobHandlers(SnapshotWork snapshots, SourceCheck check) {
        this.snapshots = snapshots;
        this.check = check;
    }

    /** One handler per kind of job that this service runs. */
    public Map<JobKind, JobHandler> all() {
        return Map.of(
                JobKind.SNAPSHOT_CREATE, this::create,
                JobKind.SNAPSHOT_DELETE, this::delete,
                JobKind.SOURCE_CHECK, this::check);
    }

    private JsonNode create(LeasedJob job, JobContext context) {
        context.progress(Progress.of("freeze", 0, 0));
        Snapshot made = snapshots.create(job.job(), (JobSpec.SnapshotCreate) job.spec());
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("name", made.name());
        result.put("consistency", made.consistency());
        result.put("createdAt", made.createdAt().toString());
        return result;
    }

    private JsonNode delete(LeasedJob job, JobContext context) {
        JobSpec.SnapshotDelete spec = (JobSpec.SnapshotDelete) job.spec();
        snapshots.delete(job.job(), spec, new Snapshots.Watch() {
            @Override
            public void at(long doneBytes, long totalBytes) {
                context.progress(Progress.of("consolidate", doneBytes, totalBytes));
            }

            @Override
            public boolean cancelled() {
                return context.cancelRequested();
            }
        });
        return JsonNodeFactory.instance.objectNode().put("name", spec.name());
    }

    private JsonNode check(LeasedJob job, JobContext context) {
        context.progress(Progress.of("check", 0, 0));
        return JSON.valueToTree(check.run(((JobSpec.SourceCheck) job.spec()).source()));
    }
}
