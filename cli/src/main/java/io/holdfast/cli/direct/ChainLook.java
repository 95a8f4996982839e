package io.holdfast.cli.direct;

import io.holdfast.vault.Vault;
import io.holdfast.vault.access.ChainFindings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Looks whether the chains of machines are whole: what is missing is in no list of points. */
record ChainLook(Vault vault, KnownHeads heads) {

    /**
     * What is wrong, a sentence each.
     *
     * @param all whether to look at every machine, not only at those of the points
     */
    List<String> findings(List<FoundPoint> points, boolean all) {
        List<String> found = new ArrayList<>();
        Set<String> vms = new TreeSet<>(points.stream().map(FoundPoint::vm).toList());
        if (all) {
            // Also machines of which nothing is left: what was made from here is known to have been there.
            vms.addAll(heads.vms());
            vms.addAll(vault.vms());
            vault.unreadableMachines()
                    .forEach(prefix -> found.add("Of the points below " + prefix + " none can be read."));
        }
        for (String vm : vms) {
            ChainFindings.of(vault.checkChain(vm, heads.of(vm)), Optional.empty()).stream()
                    .filter(finding -> !finding.harmless())
                    .forEach(finding -> found.add(finding.sentence()));
        }
        return found;
    }
}
