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
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Leases this service's jobs from the catalog. */
@ApplicationScoped
public class Runner {

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Optional<Path> tokenFile;
    private final String catalogUrl;
    private final String instance;
    private final HoldfastConfig config;
    private final JobHandlers handlers;
    private @Nullable JobRunner runner;

    /**
     * @param tokenFile this service's own token, read anew for each request; without it no job is leased
     * @param instance how this service names itself as a runner
     */
    public Runner(
            @ConfigProperty(name = "holdfast.token-file") Optional<Path> tokenFile,
            @ConfigProperty(name = "holdfast.catalog.url", defaultValue = "http://127.0.0.1:7070") String catalogUrl,
            @ConfigProperty(name = "holdfast.instance", defaultValue = "snapshot-service") String instance,
            HoldfastConfig config,
            JobHandlers handlers) {
        this.tokenFile = tokenFile;
        this.catalogUrl = catalogUrl;
        this.instance = instance;
        this.config = config;
        this.handlers = handlers;
    }

    void start(@Observes Active event) {
        if (tokenFile.isEmpty() || !config.background()) {
            return;
        }
        JobRunner fresh = new JobRunner(
                catalog(tokenFile.get()),
                JobKind.Runner.SNAPSHOT_SERVICE,
                instance,
                handlers.all(),
                JobRunnerOptions.of(config.parallelJobs()));
        fresh.start();
        runner = fresh;
    }

    private RunnerApi catalog(Path token) {
        return QuarkusRestClientBuilder.newBuilder()
                .baseUri(URI.create(catalogUrl))
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
