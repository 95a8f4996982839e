package io.holdfast.catalog.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;

/** Where snapshot-service is, and how long to wait for it. */
@ConfigMapping(prefix = "holdfast.snapshot")
public interface SnapshotClientConfig {

    @WithDefault("http://127.0.0.1:7071")
    URI url();

    @WithDefault("5s")
    Duration connectTimeout();

    /** Deadline of one answer. */
    @WithDefault("30s")
    Duration readTimeout();
}
