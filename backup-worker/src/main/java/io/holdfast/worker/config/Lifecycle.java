package io.holdfast.worker.config;

import io.holdfast.jobs.JobRunner;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Starts the runner with the process and drains it on SIGTERM. */
@ApplicationScoped
public class Lifecycle {

    private final JobRunner runner;
    private final WorkerConfig config;
    private final MeterRegistry meters;

    Lifecycle(JobRunner runner, WorkerConfig config, MeterRegistry meters) {
        this.runner = runner;
        this.config = config;
        this.meters = meters;
    }

    void started(@Observes StartupEvent event) {
        meters.gauge("holdfast.jobs.running", runner, JobRunner::running);
        runner.start();
    }

    void stopping(@Observes ShutdownEvent event) throws InterruptedException {
        runner.drain(config.drainGrace());
    }
}
