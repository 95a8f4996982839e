package io.holdfast.vault;

import java.util.List;
import java.util.UUID;

/**
 * Points that an incremental can be read against.
 *
 * @param points those that are there, newest first
 * @param damaged sequences that were met on the way and hold what does not authenticate or cannot be read
 */
public record BasesFound(List<UUID> points, List<Long> damaged) {

    public BasesFound {
        points = List.copyOf(points);
        damaged = List.copyOf(damaged);
    }
}
