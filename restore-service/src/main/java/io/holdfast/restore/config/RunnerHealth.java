package io.holdfast.restore.config;

import io.holdfast.jobs.JobRunner;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** A process that leases no more is of no use: whoever supervises it should start another. */
@Liveness
@ApplicationScoped
class RunnerHealth implements HealthCheck {

    private final JobRunner runner;

    RunnerHealth(JobRunner runner) {
        this.runner = runner;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("job-runner").status(runner.healthy()).build();
    }
}
