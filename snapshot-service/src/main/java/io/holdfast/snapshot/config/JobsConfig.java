package io.holdfast.snapshot.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.util.Optional;

/** What this service needs to lease jobs from the catalog. */
@ConfigMapping(prefix = "holdfast")
public interface JobsConfig {

    /** This service's own token, read anew for each request. Without it no job is leased. */
    @WithName("token-file")
    Optional<Path> tokenFile();

    /** The catalog. */
    @WithName("catalog.url")
    @WithDefault("http://127.0.0.1:7070")
    String catalogUrl();

    /** How this service names itself as a runner. */
    @WithName("instance")
    @WithDefault("snapshot-service")
    String instance();
}
