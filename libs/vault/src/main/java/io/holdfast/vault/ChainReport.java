package io.holdfast.vault;

import java.util.List;
import java.util.Optional;

/**
 * What a look at a VM's chain of manifests found.
 *
 * @param vm the machine
 * @param manifests how many restore points there are
 * @param head the newest record that authenticates
 * @param headCompared whether the caller's head was there to compare; without it nobody can know of a roll-back
 * @param findings what is wrong, or foreign; empty = the chain is whole
 */
public record ChainReport(
        String vm, int manifests, Optional<ChainHead> head, boolean headCompared, List<Finding> findings) {

    public ChainReport {
        findings = List.copyOf(findings);
    }

    /** What can be wrong with one link. */
    public enum Trouble {
        /** An object in the chain does not authenticate and no later manifest says that it was skipped. */
        FOREIGN,
        /** A foreign object that a later manifest recorded and skipped: harmless, but somebody put it there. */
        FOREIGN_SKIPPED,
        /** The store has an object in the chain and cannot read it. */
        UNREADABLE,
        /** A manifest of the chain is not there. */
        REMOVED,
        /** A manifest is not the one that its successor was linked to. */
        REPLACED,
        /** The head that the caller knows is not there: the chain was rolled back. */
        ROLLED_BACK
    }

    /** One trouble at one sequence. */
    public record Finding(Trouble trouble, long sequence, String object) {}

    /** Whether nothing was found but foreign objects that were skipped. */
    public boolean intact() {
        return findings.stream().allMatch(f -> f.trouble() == Trouble.FOREIGN_SKIPPED);
    }
}
