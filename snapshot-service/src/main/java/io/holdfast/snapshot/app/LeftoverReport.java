package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.Woken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Everything on the sources with our mark that no row owns. */
public final class LeftoverReport {

    private final TargetEnd.Tables tables;
    private final Rows.WokenVms woken;
    private final Drivers drivers;

    public LeftoverReport(TargetEnd.Tables tables, Rows.WokenVms woken, Drivers drivers) {
        this.tables = tables;
        this.woken = woken;
        this.drivers = drivers;
    }

    /** One line each; a source that does not answer is said. */
    public List<String> find() {
        // Two sources may be one hypervisor: what any row owns is owned.
        Leftovers.Owned owned = owned();
        List<String> lines = new ArrayList<>();
        for (Source source : tables.sources().all()) {
            try {
                drivers.of(source).leftovers().find(owned).stream()
                        .map(line -> source.name() + ": " + line)
                        .forEach(lines::add);
            } catch (ApiException e) {
                lines.add(source.name() + ": could not be looked at: " + e.detail());
            }
            stillWoken(source, lines);
        }
        return List.copyOf(lines);
    }

    /** A VM that was started for a snapshot, and no snapshot of it is being worked on. */
    private void stillWoken(Source source, List<String> lines) {
        for (Woken w : woken.all()) {
            boolean worked =
                    tables.snapshots().ofVm(w.source(), w.vm()).stream().anyMatch(Snapshot::unsettled);
            if (w.source().equals(source.id()) && !worked) {
                lines.add(source.name() + ": VM " + w.vm() + " was started, paused, for a snapshot");
            }
        }
    }

    private Leftovers.Owned owned() {
        Leftovers.Owned byViews = Leftovers.Owned.byViews(tables.views().unclosed());
        Set<String> names = new HashSet<>(byViews.names());
        Set<String> writing = new HashSet<>();
        for (Target t : tables.targets().all()) {
            if (t.state() == State.ABORTED) {
                continue;
            }
            if (TargetRules.unfinished(t)) {
                names.add(Marks.helper(t.job()));
            }
            t.disks().forEach(d -> names.add(d.volume().name()));
        }
        tables.checkpoints().all().stream().map(Checkpoint::name).forEach(names::add);
        for (Snapshot s : tables.snapshots().all()) {
            names.add(Marks.snapshot(s.id()));
            if (s.unsettled()) {
                s.overlays().forEach(o -> writing.add(o.path()));
            }
            s.overlays().forEach(o -> names.add(o.path().substring(o.path().lastIndexOf('/') + 1)));
        }
        return new Leftovers.Owned(names, byViews.sockets(), writing);
    }
}
