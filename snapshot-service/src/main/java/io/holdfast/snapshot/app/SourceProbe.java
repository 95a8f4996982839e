package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;
import java.util.UUID;

/** A tiny VM of our own on a source, to try things with. All operations can be repeated. */
public interface SourceProbe {

    /** Makes the VM, paused, with one disk of 1 MiB; answers its id. */
    String open(UUID id);

    /** Has another such VM pull what is served into a new volume, as a restore does; returns when all of it is there. */
    void pull(UUID id, NbdEndpoint served, long bytes);

    /** Removes whatever was made under this id, the scratch and the socket of its view included. */
    void close(UUID id);
}
