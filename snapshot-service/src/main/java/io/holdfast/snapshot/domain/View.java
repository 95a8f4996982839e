package io.holdfast.snapshot.domain;

import io.holdfast.api.BackupKind;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A frozen view, one moment of one job. A job has at most one that is not freed; a freed one keeps its checkpoint until the
 * catalog's word.
 *
 * @param takenAt when the disks were frozen; absent until then
 */
public record View(
        UUID moment,
        UUID job,
        long fencing,
        UUID source,
        String sourceName,
        String vm,
        String vmName,
        UUID vault,
        UUID point,
        BackupKind kind,
        List<UUID> bases,
        Phase phase,
        ViewPlan plan,
        String vmState,
        String definition,
        List<String> notes,
        @Nullable Instant takenAt,
        Instant createdAt,
        Instant expiresAt) {

    /** Where a view stands; what it wants follows from it. */
    public enum Phase {
        /** To be opened. */
        OPENING,
        OPEN,
        /** Its lease ended: export and scratch are to go. */
        FREEING,
        /** Export and scratch are gone; its checkpoint waits for the catalog's word. */
        FREED,
        /** The catalog has spoken: everything is to go. */
        CLOSING,
        CLOSED;

        public boolean live() {
            return this == OPENING || this == OPEN;
        }
    }

    public View withPlan(ViewPlan next) {
        return copy(fencing, phase, next, takenAt, expiresAt, notes);
    }

    public View withPhase(Phase next) {
        return copy(fencing, next, plan, takenAt, expiresAt, notes);
    }

    public View taken(Instant at) {
        return copy(fencing, Phase.OPEN, plan, at, expiresAt, notes);
    }

    public View leased(long number, Instant until) {
        return copy(number, phase, plan, takenAt, until, notes);
    }

    public View withNotes(List<String> more) {
        return copy(fencing, phase, plan, takenAt, expiresAt, more);
    }

    private View copy(long number, Phase next, ViewPlan how, @Nullable Instant at, Instant until, List<String> said) {
        return new View(
                moment,
                job,
                number,
                source,
                sourceName,
                vm,
                vmName,
                vault,
                point,
                kind,
                bases,
                next,
                how,
                vmState,
                definition,
                said,
                at,
                createdAt,
                until);
    }
}
