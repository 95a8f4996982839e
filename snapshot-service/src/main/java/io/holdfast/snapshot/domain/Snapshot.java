package io.holdfast.snapshot.domain;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that Holdfast made.
 *
 * @param wake whether the VM was off and is started paused for each operation
 * @param overlays the file that each disk writes to since this snapshot
 * @param consistency {@code crash} or {@code filesystem}
 */
public record Snapshot(
        UUID id,
        UUID source,
        String vm,
        String name,
        @Nullable String description,
        @Nullable UUID parent,
        State state,
        String vmState,
        boolean wake,
        String consistency,
        List<Overlay> overlays,
        Instant createdAt) {

    public enum State {
        CREATING,
        ACTIVE,
        DELETING
    }

    /** One disk's overlay. */
    public record Overlay(String key, String path) {}

    public Snapshot with(State next) {
        return new Snapshot(
                id, source, vm, name, description, parent, next, vmState, wake, consistency, overlays, createdAt);
    }

    public Snapshot withConsistency(String outcome) {
        return new Snapshot(
                id, source, vm, name, description, parent, state, vmState, wake, outcome, overlays, createdAt);
    }

    public Snapshot withWake(boolean off) {
        return new Snapshot(
                id, source, vm, name, description, parent, state, vmState, off, consistency, overlays, createdAt);
    }
}
