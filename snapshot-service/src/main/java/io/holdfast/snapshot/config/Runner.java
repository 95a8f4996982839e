package io.holdfast.snapshot.config;

import io.holdfast.api.job.JobKind;
import io.holdfast.api.rest.BearerTokenFilter;
import io.holdfast.api.rest.ProblemReader;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.jobs.JobRunner;
import io.holdfast.jobs.JobRunnerOptions;
import io.holdfast.snapshot.work.JobHandlers;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Leases this service's jobs from the catalog. */
@ApplicationScoped
public class Runner {

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final JobsConfig jobs;
    private final HoldfastConfig config;
    private final JobHandlers handlers;
    private @Nullable JobRunner runner;

    public Runner(JobsConfig jobs, HoldfastConfig config, JobHandlers handlers) {
        this.jobs = jobs;
        this.config = config;
        this.handlers = handlers;
    }

    void start(@Observes StartupEvent event) {
        if (jobs.tokenFile().isEmpty() || !config.background()) {
            return;
        }
        JobRunner fresh = new JobRunner(
                catalog(jobs.tokenFile().get()),
                JobKind.Runner.SNAPSHOT_SERVICE,
                jobs.instance(),
                handlers.all(),
                JobRunnerOptions.of(config.parallelJobs()));
        fresh.start();
        runner = fresh;
    }

    private RunnerApi catalog(Path token) {
        return QuarkusRestClientBuilder.newBuilder()
                .baseUri(URI.create(jobs.catalogUrl()))
                .connectTimeout(5, TimeUnit.SECONDS)
                .readTimeout(20, TimeUnit.SECONDS)
                .register(new BearerTokenFilter(token))
                .register(ProblemReader.class)
                .build(RunnerApi.class);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        JobRunner running = runner;
        if (running != null) {
            running.drain(GRACE);
        }
    }
}
