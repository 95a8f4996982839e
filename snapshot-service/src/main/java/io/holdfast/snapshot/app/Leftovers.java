package io.holdfast.snapshot.app;

import java.util.List;
import java.util.Set;

/** Finds what carries our mark on a source. */
public interface Leftovers {

    /**
     * What rows own.
     *
     * @param names of helper domains, volumes, checkpoints and snapshots
     * @param sockets paths
     * @param writing paths of overlays that are being written down
     */
    record Owned(Set<String> names, Set<String> sockets, Set<String> writing) {}

    /** One line per thing with our mark that is not owned, for people. */
    List<String> find(Owned owned);
}
