package io.holdfast.vault;

import java.util.List;
import java.util.UUID;

/**
 * Points that an incremental can be read against.
 *
 * @param points those that are there, newest first
 * @param foreign sequences that were met on the way and hold what does not authenticate
 */
public record BasesFound(List<UUID> points, List<Long> foreign) {

    public BasesFound {
        points = List.copyOf(points);
        foreign = List.copyOf(foreign);
    }
}
