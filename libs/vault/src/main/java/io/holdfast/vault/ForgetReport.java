package io.holdfast.vault;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What forgetting points of one VM did.
 *
 * @param removed points that are removed now
 * @param already points that had been removed before
 * @param unknown points that the vault does not have, as far as its manifests can be read
 * @param head the newest record of the chain, which says what is removed; empty when nothing was to be done
 */
public record ForgetReport(
        List<PointManifest> removed, Set<UUID> already, Set<UUID> unknown, Optional<ChainHead> head) {

    public ForgetReport {
        removed = List.copyOf(removed);
        already = Set.copyOf(already);
        unknown = Set.copyOf(unknown);
    }
}
