package io.holdfast.snapshot.domain;

import io.holdfast.api.BackupKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A frozen view, one moment of one job. A job has at most one that is not freed; a freed one keeps its checkpoint until the
 * catalog's word.
 *
 * @param takenAt when the disks were frozen; absent until then
 * @param scratchFull whether the view had to end because scratch ran full; written before the job is ended
 * @param resumed whether the guest, if it stood still for that, was let go on
 * @param startedId the run of the domain that was started for the read, as the hypervisor numbers runs;
 *     {@link #NOT_STARTED} or {@link #STARTING} otherwise
 * @param beginAsked when freezing was asked for, as long as nobody knows whether it was done; absent otherwise
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
        Instant expiresAt,
        boolean scratchFull,
        boolean resumed,
        int startedId,
        @Nullable Instant beginAsked) {

    /** A freeze that overran its deadline may still be done in the hypervisor; longer than any such call lives. */
    private static final Duration MAY_STILL_COME = Duration.ofMinutes(10);

    /** No domain was started for this view. */
    public static final int NOT_STARTED = 0;
    /** A domain is about to be started: whether it was, nobody knows until it is seen. */
    public static final int STARTING = -1;

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
        return copy(fencing, phase, next, takenAt, expiresAt);
    }

    /** The moment was taken. A view that was to end meanwhile ends. */
    public View taken(Instant at) {
        View known = asked(null);
        return phase == Phase.OPENING ? known.copy(fencing, Phase.OPEN, plan, at, expiresAt) : known;
    }

    public View leased(long number, Instant until) {
        return copy(number, phase, plan, takenAt, until);
    }

    /** Export and scratch are to go; the checkpoint waits for the catalog's word. */
    public View freeing() {
        return phase.live() ? copy(fencing, Phase.FREEING, plan, takenAt, expiresAt) : this;
    }

    /** Everything is to go. */
    public View closing() {
        return phase == Phase.CLOSED ? this : copy(fencing, Phase.CLOSING, plan, takenAt, expiresAt);
    }

    /** Nothing is left of what was to go. A view that nobody told to end stays as it is. */
    public View gone() {
        return switch (phase) {
            case FREEING -> copy(fencing, Phase.FREED, plan, takenAt, expiresAt);
            case CLOSING -> copy(fencing, Phase.CLOSED, plan, takenAt, expiresAt);
            case OPENING, OPEN, FREED, CLOSED -> this;
        };
    }

    /** Scratch ran full: the view ends, and a guest that stands still for that is to go on. */
    public View full() {
        return flagged(true, resumed, startedId, beginAsked).freeing();
    }

    /** The guest goes on. */
    public View letGo() {
        return flagged(scratchFull, true, startedId, beginAsked);
    }

    /** Whether a guest may still stand still for this view's scratch. */
    public boolean owesResume() {
        return scratchFull && !resumed;
    }

    /** Which run of the domain was started for this view. */
    public View started(int run) {
        return flagged(scratchFull, resumed, run, beginAsked);
    }

    private View copy(long number, Phase next, ViewPlan how, @Nullable Instant at, Instant until) {
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
                notes,
                at,
                createdAt,
                until,
                scratchFull,
                resumed,
                startedId,
                beginAsked);
    }

    private View flagged(boolean full, boolean goesOn, int run, @Nullable Instant asked) {
        return new View(
                moment,
                job,
                fencing,
                source,
                sourceName,
                vm,
                vmName,
                vault,
                point,
                kind,
                bases,
                phase,
                plan,
                vmState,
                definition,
                notes,
                takenAt,
                createdAt,
                expiresAt,
                full,
                goesOn,
                run,
                asked);
    }

    /** Freezing is asked for; absent: it is known what came of it. */
    public View asked(@Nullable Instant at) {
        return flagged(scratchFull, resumed, startedId, at);
    }

    /** Whether a freeze that was asked for may still be done, although nobody waits for it any more. */
    public boolean mayStillBegin(Instant now) {
        return beginAsked != null && beginAsked.plus(MAY_STILL_COME).isAfter(now);
    }
}
