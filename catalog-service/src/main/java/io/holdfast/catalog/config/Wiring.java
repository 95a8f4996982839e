package io.holdfast.catalog.config;

import io.holdfast.api.rest.BearerTokenFilter;
import io.holdfast.api.rest.ProblemReader;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.app.port.Settings;
import io.holdfast.catalog.domain.Backoff;
import io.holdfast.catalog.domain.QueueDepth;
import io.holdfast.catalog.issuer.Issuer;
import io.holdfast.catalog.persistence.Sealer;
import io.holdfast.catalog.rest.EventStreams;
import io.holdfast.catalog.snapshotclient.SnapshotServiceGate;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The one place where parts are put together. */
@ApplicationScoped
class Wiring {

    /** From the end of a call's deadline to the note of how it went. A catalog that was killed costs a message that long. */
    private static final Duration CLAIM_MARGIN = Duration.ofSeconds(2);

    @Produces
    @Singleton
    Settings settings(JobsConfig jobs, SnapshotClientConfig client) {
        Duration deadline = client.connectTimeout().plus(client.readTimeout());
        return new Settings(
                Duration.ofSeconds(jobs.leaseSeconds()),
                jobs.maxAttempts(),
                new Backoff(jobs.backoffFirst(), jobs.backoffMost()),
                new QueueDepth.Limits(jobs.maxPerSource(), jobs.maxPerVault()),
                jobs.lookFor(),
                jobs.idempotencyKeep(),
                new Backoff(jobs.backoffFirst(), jobs.backoffMost()),
                deadline.plus(CLAIM_MARGIN));
    }

    @Produces
    @Singleton
    Sealer sealer(@ConfigProperty(name = "holdfast.seal-key-file") Path file) {
        return new Sealer(SealKeyFile.read(file));
    }

    @Produces
    @Singleton
    Issuer issuer(IssuerConfig config) {
        return new Issuer(config.directory(), Clock.systemUTC());
    }

    @Produces
    @Singleton
    Hypervisors hypervisors(SnapshotClientConfig config, @ConfigProperty(name = "holdfast.token-file") Path tokenFile) {
        SnapshotServiceApi api = QuarkusRestClientBuilder.newBuilder()
                .baseUri(config.url())
                .connectTimeout(config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .readTimeout(config.readTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .register(new BearerTokenFilter(tokenFile))
                .register(new ProblemReader())
                .build(SnapshotServiceApi.class);
        return new SnapshotServiceGate(api);
    }

    @Produces
    @Singleton
    EventStreams.Pace pace(EventsConfig config) {
        return new EventStreams.Pace(config.maxStreams(), config.poll(), config.keepAlive());
    }
}
