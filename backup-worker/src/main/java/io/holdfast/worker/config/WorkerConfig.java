package io.holdfast.worker.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How this worker works. */
@ConfigMapping(prefix = "holdfast.worker")
public interface WorkerConfig {

    /** Jobs at one time. Each backup holds about 100 MiB of packs and caches: two fit into 512 MiB. */
    @WithDefault("2")
    int parallel();

    /** How long to wait for a VM that another job holds. */
    @WithDefault("2m")
    Duration viewDeadline();

    /** How long running jobs may go on after SIGTERM before they are handed back. */
    @WithDefault("5s")
    Duration drainGrace();

    /** Size at which a pack is closed and uploaded; the vault's usual 16 MiB when absent. */
    Optional<MemorySize> packSize();

    /** Stored bytes after which progress is journalled; the vault's usual 64 MiB when absent. */
    Optional<MemorySize> journalEvery();

    /**
     * Memory that one guess at a new vault's passphrase costs, 8 MiB to 256 MiB, in as many rounds as {@link #keyRounds}. Every
     * opening of that vault costs the same.
     */
    @WithDefault("64M")
    MemorySize keyMemory();

    /** 1 to 16. */
    @WithDefault("3")
    int keyRounds();

    /** Names this process to people; default: the host's name and the process id. */
    Optional<String> instance();
}
