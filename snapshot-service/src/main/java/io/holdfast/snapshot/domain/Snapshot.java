package io.holdfast.snapshot.domain;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that Holdfast made.
 *
 * @param job that made it; absent for those of a version that did not say
 * @param overlays the file that each disk writes to since this snapshot; one that was written down is no longer among them
 * @param consistency {@code crash} or {@code filesystem}
 */
public record Snapshot(
        UUID id,
        @Nullable UUID job,
        UUID source,
        String vm,
        String name,
        @Nullable String description,
        @Nullable UUID parent,
        State state,
        String vmState,
        String consistency,
        List<Overlay> overlays,
        Instant createdAt) {

    /** Where a snapshot stands. */
    public enum State {
        /** Intended; whether it is there only the hypervisor knows. */
        CREATING,
        ACTIVE,
        /** To be deleted; no overlay was begun to be written down, so that it is as it was. */
        DELETING,
        /** Writing down has begun: a file beneath holds bytes of two moments, or overlays are gone. It can only be deleted. */
        PARTLY_DELETED
    }

    /** One disk's overlay. */
    public record Overlay(String key, String path) {}

    public Snapshot with(State next) {
        return copy(parent, next, consistency, overlays);
    }

    public Snapshot withParent(@Nullable UUID above) {
        return copy(above, state, consistency, overlays);
    }

    public Snapshot withConsistency(String outcome) {
        return copy(parent, state, outcome, overlays);
    }

    /** Without an overlay that was written down. */
    public Snapshot without(Overlay gone) {
        return copy(
                parent,
                State.PARTLY_DELETED,
                consistency,
                overlays.stream().filter(o -> !o.equals(gone)).toList());
    }

    /** Whether an operation on it was begun and its end is not known. */
    public boolean unsettled() {
        return state != State.ACTIVE;
    }

    private Snapshot copy(@Nullable UUID above, State next, String outcome, List<Overlay> files) {
        return new Snapshot(id, job, source, vm, name, description, above, next, vmState, outcome, files, createdAt);
    }
}
