package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;

/** Reads a little from an NBD export. */
public interface BlockReader {

    /** Reads the first {@code bytes}; throws {@code nbd-error} with the reason. */
    void readFirst(NbdEndpoint endpoint, int bytes);
}
