package io.holdfast.snapshot.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Time to live of views and targets. */
@ConfigMapping(prefix = "holdfast.views")
public interface ViewsConfig {

    /** A view or target that is not renewed this long may be freed: many heartbeats long. */
    @WithDefault("10m")
    Duration ttl();
}
