package io.holdfast.snapshot.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Where disks are handed over. */
@ConfigMapping(prefix = "holdfast.nbd")
public interface NbdConfig {

    /** Folder of unix sockets; QEMU listens there, so its user must be able to write to it. Keep it short. */
    @WithDefault("/run/holdfast/nbd")
    Path directory();

    /** Permissions of the socket that a source check serves at: those of restore-service's. */
    @WithDefault("rw-rw----")
    String socketPermissions();

    /** For sources that serve TLS and whose URI names no host: how workers reach the hypervisor. */
    @WithDefault("127.0.0.1")
    String tlsHost();

    /** For sources that serve TLS: the first of 100 ports. */
    @WithDefault("10809")
    int firstPort();
}
