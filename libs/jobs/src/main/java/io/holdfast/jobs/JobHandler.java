package io.holdfast.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.LeasedJob;
import org.jspecify.annotations.Nullable;

/** Runs the attempts of one kind of job. Called on a virtual thread, by several at once for different jobs. */
@FunctionalInterface
public interface JobHandler {

    /**
     * Runs one attempt. An interrupt means: stop within a second, write nothing more, throw. It may come for a cancel request,
     * a drain or a lost lease; the runner knows which and reports accordingly. It comes again each second until the handler
     * has returned, so cleaning up that takes longer wants {@link Shield a thread of its own}.
     *
     * @return the job's result, stored and shown as it is
     * @throws Exception an {@link io.holdfast.api.problem.ApiException} ends the attempt with its code and sentence, anything
     *     else with {@code internal}
     */
    @Nullable
    JsonNode run(LeasedJob job, JobContext context) throws Exception;
}
