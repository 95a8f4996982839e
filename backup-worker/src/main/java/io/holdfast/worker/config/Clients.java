package io.holdfast.worker.config;

import io.holdfast.api.rest.BearerTokenFilter;
import io.holdfast.api.rest.ProblemReader;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The other services, with this service's token on each request. Nothing connects before the first call. */
@ApplicationScoped
public class Clients {

    /** A heartbeat must fail well before a third of the lease: 5 s of 10. */
    private static final long CATALOG_SECONDS = 5;

    /** Opening a view waits for the hypervisor. */
    private static final long SNAPSHOT_SECONDS = 120;

    @Produces
    @Singleton
    RunnerApi catalog(
            @ConfigProperty(name = "quarkus.rest-client.catalog.url") URI url,
            @ConfigProperty(name = "holdfast.token-file") Path token) {
        return builder(url, token)
                .readTimeout(CATALOG_SECONDS, TimeUnit.SECONDS)
                .build(RunnerApi.class);
    }

    @Produces
    @Singleton
    SnapshotServiceApi snapshots(
            @ConfigProperty(name = "quarkus.rest-client.snapshot.url") URI url,
            @ConfigProperty(name = "holdfast.token-file") Path token) {
        return builder(url, token)
                .readTimeout(SNAPSHOT_SECONDS, TimeUnit.SECONDS)
                .build(SnapshotServiceApi.class);
    }

    private static QuarkusRestClientBuilder builder(URI url, Path token) {
        return QuarkusRestClientBuilder.newBuilder()
                .baseUri(url)
                .register(new BearerTokenFilter(token))
                .register(new ProblemReader())
                .connectTimeout(2, TimeUnit.SECONDS);
    }
}
