package io.holdfast.vault;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What is known of a point only when its disks have been read.
 *
 * @param takenAt the moment of the frozen view
 * @param consistency the outcome
 * @param vmState state of the machine at that moment, in the hypervisor's words
 * @param definition the machine's definition, at most 1 Mi characters
 * @param notes what was degraded or cannot be held, at most 1000
 * @param sourceId which hypervisor connection it was, should another get the same name one day
 */
public record PointFacts(
        Instant takenAt,
        Consistency consistency,
        String vmState,
        String definition,
        List<String> notes,
        Optional<UUID> sourceId) {

    /** Facts of somebody whose hypervisor connections have only names. */
    public PointFacts(Instant takenAt, Consistency consistency, String vmState, String definition, List<String> notes) {
        this(takenAt, consistency, vmState, definition, notes, Optional.empty());
    }

    public PointFacts {
        notes = List.copyOf(notes);
        if (definition.length() > 1 << 20 || vmState.length() > 1024 || notes.size() > 1000) {
            throw new IllegalArgumentException("definition, state or notes are too long");
        }
    }
}
