package io.holdfast.vault;

import java.util.List;

/**
 * What a collection found and did. Packs are counted as they were found; bytes are those of their objects.
 *
 * @param points restore points that were looked at
 * @param packs packs that there were
 * @param packBytes bytes of all of them
 * @param garbagePacks packs that no point needs
 * @param garbageBytes bytes of those
 * @param deletedPacks packs that were deleted; in a dry run those that would be
 * @param deletedBytes bytes of those
 * @param waitingFor sessions that are not finished, for whose sake packs are kept
 * @param fenced sessions that were declared dead
 * @param obstacles why nothing was deleted: what is wrong with the vault
 */
public record CollectReport(
        int points,
        long packs,
        long packBytes,
        long garbagePacks,
        long garbageBytes,
        long deletedPacks,
        long deletedBytes,
        List<Unfinished> waitingFor,
        List<Unfinished> fenced,
        List<String> obstacles) {

    public CollectReport {
        waitingFor = List.copyOf(waitingFor);
        fenced = List.copyOf(fenced);
        obstacles = List.copyOf(obstacles);
    }

    /**
     * A session that has not committed.
     *
     * @param session its id
     * @param vm the machine; empty when the session's record cannot be read
     * @param job its job; empty likewise
     */
    public record Unfinished(String session, String vm, String job) {}
}
