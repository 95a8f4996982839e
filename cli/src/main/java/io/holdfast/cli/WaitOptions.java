package io.holdfast.cli;

import io.holdfast.cli.progress.Follower;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a verb stays until its jobs have ended. */
public final class WaitOptions {

    @Option(
            names = "--wait",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Whether to stay until the jobs have ended, with progress on standard error. Default: --wait.")
    boolean wait = true;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationText.class,
            description =
                    "End the wait after this long (90s, 10m, 2h) with exit code 5; the jobs go on. Default: no limit.")
    @Nullable
    Duration timeout;

    public Follower.Wait from(InstantSource clock) {
        return new Follower.Wait(wait, timeout == null ? null : clock.instant().plus(timeout));
    }
}
