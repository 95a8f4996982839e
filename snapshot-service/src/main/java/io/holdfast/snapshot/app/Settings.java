package io.holdfast.snapshot.app;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Limits and margins.
 *
 * @param viewTtl a view or target that is not renewed this long may be freed; several heartbeats long
 * @param keepCheckpoints committed checkpoints per VM and vault: one to count from, one in case the newest point is damaged
 * @param nbdDirectory where sockets are made
 * @param tlsHost the name or address workers reach the hypervisor by, for sources that serve TLS
 * @param firstPort first TCP port for TLS; 100 are used
 */
public record Settings(
        Duration viewTtl, Duration targetTtl, int keepCheckpoints, Path nbdDirectory, String tlsHost, int firstPort) {}
