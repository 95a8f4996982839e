package io.holdfast.vault.chain;

import io.holdfast.vault.ChainHead;
import java.util.List;
import java.util.Optional;

/**
 * How a record hangs in its VM's chain.
 *
 * @param sequence its number, from 1
 * @param hash SHA-256 of the stored object; not part of the object
 * @param previous the record before it; empty for the first
 * @param skipped keys between {@code previous} and this one that held foreign objects, or such as could not be read
 * @param removals number of the newest removal record before this one; 0 = none
 */
public record ChainLink(
        long sequence, String hash, Optional<ChainHead> previous, List<ChainHead> skipped, long removals) {

    public ChainLink {
        skipped = List.copyOf(skipped);
    }

    /** This record as the head of its chain. */
    public ChainHead head() {
        return new ChainHead(sequence, hash);
    }
}
