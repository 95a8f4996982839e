package io.holdfast.restore.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How this service works. */
@ConfigMapping(prefix = "holdfast.restore")
public interface RestoreConfig {

    /** Restores at one time; each mostly waits for a hypervisor. */
    @WithDefault("4")
    int parallel();

    /** How long a hypervisor may connect with an export name: the longest restore. */
    @WithDefault("24h")
    Duration tokenLife();

    /** How long a hypervisor may pull nothing before its restore is given up. */
    @WithDefault("10m")
    Duration standstill();

    /** Opened frames that all open vaults keep in memory together. */
    @WithDefault("48M")
    MemorySize cache();

    /** Vaults open at a time. */
    @WithDefault("8")
    int vaults();

    /** How long a vault that nobody uses stays open. */
    @WithDefault("5m")
    Duration idle();

    /** How long running jobs may go on after SIGTERM before they are handed back. */
    @WithDefault("5s")
    Duration drainGrace();

    /** The unix socket's file name in {@code holdfast.nbd.directory}. */
    @WithDefault("restore.sock")
    String socketName();

    /** The unix socket's permissions; the hypervisor's user needs to write. */
    @WithDefault("rw-rw----")
    String socketPermissions();

    /** Host that hypervisors elsewhere connect to; absent: only the unix socket is served. */
    Optional<String> advertisedHost();

    /** Address to listen at for hypervisors elsewhere. */
    @WithDefault("0.0.0.0")
    String tlsHost();

    /** Port for hypervisors elsewhere. */
    @WithDefault("10809")
    int tlsPort();

    /** Names this process to people; default: the host's name and the process id. */
    Optional<String> instance();
}
