package io.holdfast.api.vault;

import java.util.List;

/**
 * What a collection did.
 *
 * @param formatId the vault's own id
 * @param points restore points that were looked at
 * @param garbageBytes bytes of packs that no point needed
 * @param deletedBytes bytes of those that were deleted; others are kept for backups that did not end
 * @param lines the same for people
 */
public record VaultCollected(String formatId, int points, long garbageBytes, long deletedBytes, List<String> lines) {

    public VaultCollected {
        lines = List.copyOf(lines);
    }
}
