package io.holdfast.vault.chain;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a VM's chain holds, as it was listed at one moment.
 *
 * @param sequences the numbers of all objects, ascending, whatever they are
 * @param removal the newest removal record that can be read
 * @param seen records that were read on the way
 */
record Chain(List<Long> sequences, Optional<RemovalRecord> removal, Map<Long, Slot> seen) {

    /** The numbers that count, ascending: those that no removal record names. */
    List<Long> standing() {
        if (removal.isEmpty()) {
            return sequences;
        }
        Map<Long, RemovalRecord.Removed> removed = removal.get().bySequence();
        long floor = removal.get().floor();
        return sequences.stream()
                .filter(sequence -> sequence >= floor && !removed.containsKey(sequence))
                .toList();
    }

    /** The numbers of objects that do not count any more. */
    List<Long> fallen() {
        List<Long> standing = standing();
        return sequences.stream()
                .filter(sequence -> Collections.binarySearch(standing, sequence) < 0)
                .toList();
    }
}
