package io.holdfast.vault;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

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

    private static final int MOST_TOLD = 5;

    public CollectReport {
        waitingFor = List.copyOf(waitingFor);
        fenced = List.copyOf(fenced);
        obstacles = List.copyOf(obstacles);
    }

    /** The obstacles in one sentence; empty when there are none. */
    public Optional<String> refusal() {
        if (obstacles.isEmpty()) {
            return Optional.empty();
        }
        String first = obstacles.stream().limit(MOST_TOLD).collect(Collectors.joining("; "));
        int more = Math.max(0, obstacles.size() - MOST_TOLD);
        return Optional.of("Nothing was deleted, because the vault is damaged: " + first
                + (more > 0 ? "; and " + more + " more" : "") + ".");
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
