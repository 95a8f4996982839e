package io.holdfast.snapshot.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Views, targets and checkpoints. */
@ConfigMapping(prefix = "holdfast.snapshot")
public interface HoldfastConfig {

    /** Time between two rounds of the reaper. */
    @WithDefault("30s")
    Duration reapEvery();

    /** Time between two looks at scratch with a limit: a guest stands still this long and a little, at most 5 s. */
    @WithDefault("1s")
    Duration watchScratchEvery();

    /** How long a request waits for another operation on the same VM. */
    @WithDefault("60s")
    Duration lockPatience();

    /** Committed checkpoints kept per VM and vault. */
    @WithDefault("2")
    int keepCheckpoints();

    /** Whether the start-up reconciliation and the reaper run by themselves. */
    @WithDefault("true")
    boolean background();

    /** Jobs of one kind of lease that run at the same time. */
    @WithDefault("4")
    int parallelJobs();
}
