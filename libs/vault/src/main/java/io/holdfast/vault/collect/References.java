package io.holdfast.vault.collect;

import io.holdfast.vault.ChainHead;
import io.holdfast.vault.ChainReport;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.write.VaultParts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the chains of a vault say: which packs points refer to, which jobs have committed, which sessions are dead. Looked at again it
 * reads only what is new; a point that is removed meanwhile goes on counting until the next collection. Confined to one thread.
 */
final class References {

    private final VaultParts vault;
    private final Map<String, ChainHead> known;
    private final PackIds packs = new PackIds();
    private final Set<String> committed = new HashSet<>();
    private final Set<UUID> fenced = new HashSet<>();
    private final Map<String, Set<Long>> seen = new HashMap<>();
    private final List<String> troubles = new ArrayList<>();
    private int points;

    References(VaultParts vault, Map<String, ChainHead> known) {
        this.vault = vault;
        this.known = known;
    }

    PackIds packs() {
        return packs;
    }

    int points() {
        return points;
    }

    /** What is wrong with manifests, in sentences: somebody may still need packs of which nothing else tells. */
    List<String> troubles() {
        return troubles;
    }

    boolean isCommitted(String vm, String job) {
        return committed.contains(name(vm, job));
    }

    boolean isFenced(UUID session) {
        return fenced.contains(session);
    }

    /** Reads what has come since the last look. */
    void look() {
        List<String> vms = vault.log().vms();
        for (String vm : vms) {
            chain(vm);
        }
        if (troubles.isEmpty()) {
            vault.log()
                    .unreadableMachines()
                    .forEach(prefix -> troubles.add("no manifest below " + prefix + " can be read"));
            known.keySet().stream()
                    .filter(vm -> !vms.contains(vm))
                    .forEach(vm ->
                            troubles.add("all manifests of VM " + vm + " are gone, which is known outside the vault"));
        }
    }

    private void chain(String vm) {
        Set<Long> before = seen.computeIfAbsent(vm, any -> new HashSet<>());
        boolean first = before.isEmpty();
        String name = vault.keys().name("vm", vm);
        // Listed before the numbers: what comes between counts.
        Set<Long> fallen = new HashSet<>(vault.log().fallen(vm));
        for (long sequence : vault.log().sequences(vm, 0)) {
            if (!before.add(sequence)) {
                continue;
            }
            Slot slot = vault.log().read(vm, sequence);
            switch (slot) {
                case Slot.Point point -> {
                    if (!fallen.contains(sequence)) {
                        point(point);
                    }
                }
                case Slot.Fence fence -> fenced.add(fence.record().session());
                case Slot.Unreadable there -> {
                    before.remove(sequence);
                    if (!first) {
                        troubles.add("manifest " + Keys.point(name, sequence) + " cannot be read");
                    }
                }
                case Slot.Removal removal -> {}
                case Slot.Gap gap -> {}
                case Slot.Foreign foreign -> {}
                case Slot.Absent absent -> {}
            }
        }
        if (first) {
            vault.log().check(vm, Optional.ofNullable(known.get(vm))).findings().stream()
                    .filter(finding -> finding.trouble() != ChainReport.Trouble.FOREIGN_SKIPPED)
                    .forEach(finding -> troubles.add(sentence(vm, finding)));
        }
    }

    private static String sentence(String vm, ChainReport.Finding finding) {
        String what = finding.trouble().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return "manifest " + finding.object() + " of VM " + vm + ": " + what;
    }

    private void point(Slot.Point point) {
        points++;
        committed.add(name(point.vm(), point.manifest().job()));
        point.manifest().disks().forEach(disk -> disk.packs().forEach(pack -> packs.add(pack.id())));
    }

    private String name(String vm, String job) {
        return vault.keys().name("session", vm, job);
    }
}
