package io.holdfast.snapshot.app;

import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.View;
import java.util.HashSet;
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
    record Owned(Set<String> names, Set<String> sockets, Set<String> writing) {

        /** What views own whose job may run. */
        static Owned byViews(List<View> unclosed) {
            Set<String> names = new HashSet<>();
            Set<String> sockets = new HashSet<>();
            for (View v : unclosed) {
                if (v.phase() != View.Phase.FREED) {
                    sockets.add(v.plan().socket());
                    names.add(Marks.helper(v.moment()));
                    v.plan().disks().forEach(d -> names.add(d.scratch().name()));
                }
            }
            return new Owned(names, sockets, Set.of());
        }
    }

    /** One line per thing with our mark that is not owned, for people. */
    List<String> find(Owned owned);
}
