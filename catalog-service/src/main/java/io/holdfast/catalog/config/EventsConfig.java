package io.holdfast.catalog.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** Server-sent events. Each open stream asks the database once per {@code poll}. */
@ConfigMapping(prefix = "holdfast.events")
public interface EventsConfig {

    /** Streams at once in this process: 200 of them are 400 small queries a second. */
    @WithDefault("200")
    @Min(1)
    @Max(10_000)
    int maxStreams();

    @WithDefault("500ms")
    Duration poll();

    /** A comment is sent when nothing happened for this long, so that a dead connection is noticed. */
    @WithDefault("10s")
    Duration keepAlive();
}
