package io.holdfast.snapshot.app;

import java.util.UUID;

/** A tiny VM of our own on a source, to try things with. Both operations can be repeated. */
public interface SourceProbe {

    /** Makes the VM, paused, with one disk of 1 MiB; answers its id. */
    String open(UUID id);

    /** Removes whatever {@link #open} made. */
    void close(UUID id);
}
