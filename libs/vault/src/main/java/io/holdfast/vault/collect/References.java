package io.holdfast.vault.collect;

import io.holdfast.vault.ChainHead;
import io.holdfast.vault.ChainReport;
import io.holdfast.vault.chain.ChainCheck;
import io.holdfast.vault.chain.ChainEnd;
import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.chain.PointLog;
import io.holdfast.vault.chain.RemovalRecord;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.write.VaultParts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the chains of a vault say: which packs points refer to, which sessions have ended, and what is wrong. One reading serves all of
 * it. Looked at again it reads only what is new; packs of a point that is removed meanwhile go on counting until the next collection.
 * Confined to one thread.
 */
final class References {

    private static final int MOST_LOOKS = 10;

    private final VaultParts vault;
    private final Map<String, ChainHead> known;
    private final PackIds packs = new PackIds();
    private final Map<String, Map<Long, Seen>> chains = new HashMap<>();
    private final Map<String, Optional<RemovalRecord>> removals = new HashMap<>();
    private final List<String> troubles = new ArrayList<>();
    private int points;

    /**
     * A record that was read.
     *
     * @param job of a point, as hidden as in a session's key; empty for others
     * @param other what is no point; a point is kept without its tables
     */
    private record Seen(ChainLink link, String job, Optional<Slot.Linked> other) {

        /** Tells it to a chain check as if it had just been read. */
        void tell(ChainCheck check) {
            other.ifPresentOrElse(slot -> check.saw(link.sequence(), slot), () -> check.sawPoint(link));
        }

        boolean ends(SessionRecord session, String hiddenJob) {
            boolean fenced = other.isPresent()
                    && other.get() instanceof Slot.Fence fence
                    && fence.record().session().equals(session.id());
            return link.sequence() > session.head() && (fenced || job.equals(hiddenJob));
        }
    }

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

    /** The machines that were looked at. */
    Set<String> vms() {
        return chains.keySet();
    }

    /** What is wrong with records, in sentences: somebody may still need packs of which nothing else tells. */
    List<String> troubles() {
        return troubles;
    }

    /**
     * Whether a session has ended: a point of its job, or a fence of it, is in the chain behind its head. A point that was removed counts
     * too, if it is the very one that is said to be removed: what stands under a number that was free again says nothing.
     */
    boolean hasEnded(SessionRecord session) {
        Map<Long, Seen> chain = chains.getOrDefault(session.vm(), Map.of());
        Optional<RemovalRecord> removal = removals.getOrDefault(session.vm(), Optional.empty());
        String job = name(session.vm(), session.job());
        return chain.values().stream().anyMatch(seen -> seen.ends(session, job) && isGenuine(seen.link, removal));
    }

    private static boolean isGenuine(ChainLink link, Optional<RemovalRecord> removal) {
        if (removal.isEmpty() || !removal.get().removes(link.sequence())) {
            return true;
        }
        RemovalRecord.Removed removed = removal.get().bySequence().get(link.sequence());
        return removed != null && removed.head().equals(link.head());
    }

    /** Reads what has come since the last look. */
    void look() {
        troubles.clear();
        points = 0;
        PointLog.Machines machines = vault.log().machines();
        machines.vms().forEach(this::chain);
        machines.unreadable().forEach(prefix -> troubles.add("no manifest below " + prefix + " can be read"));
        known.keySet().stream()
                .filter(vm -> !machines.vms().contains(vm))
                .forEach(vm ->
                        troubles.add("all manifests of VM " + vm + " are gone, which is known outside the vault"));
    }

    /** One that is changed while it is read is read again. */
    private void chain(String vm) {
        List<Long> listed = vault.log().sequences(vm, 0);
        for (int looks = 1; ; looks++) {
            List<ChainReport.Finding> findings = look(vm, listed);
            List<Long> now = findings.isEmpty() ? listed : vault.log().sequences(vm, 0);
            if (now.equals(listed) || looks == MOST_LOOKS) {
                findings.forEach(finding -> troubles.add(sentence(vm, finding)));
                break;
            }
            listed = now;
        }
        Optional<RemovalRecord> removal = vault.log().removal(vm);
        removals.put(vm, removal);
        points += (int) chains.getOrDefault(vm, Map.of()).entrySet().stream()
                .filter(entry -> !entry.getValue().job.isEmpty()
                        && removal.filter(record -> record.removes(entry.getKey()))
                                .isEmpty())
                .count();
    }

    private List<ChainReport.Finding> look(String vm, List<Long> listed) {
        Map<Long, Seen> before = chains.getOrDefault(vm, Map.of());
        Map<Long, Seen> chain = new HashMap<>();
        String name = vault.keys().name("vm", vm);
        ChainCheck check =
                new ChainCheck(vm, sequence -> Keys.point(name, sequence).value());
        Optional<RemovalRecord> removal = vault.log().removal(vm);
        for (long sequence : listed) {
            Seen seen = before.get(sequence);
            if (seen != null) {
                chain.put(sequence, seen);
                seen.tell(check);
                continue;
            }
            Slot slot = vault.log().read(vm, sequence);
            check.saw(sequence, slot);
            if (slot instanceof Slot.Linked record) {
                chain.put(sequence, seen(record));
                if (record instanceof Slot.Point point
                        && removal.filter(there -> there.removes(sequence)).isEmpty()) {
                    point.manifest().disks().forEach(disk -> disk.packs().forEach(pack -> packs.add(pack.id())));
                }
            }
        }
        chains.put(vm, chain);
        ChainReport report = check.report(Optional.ofNullable(known.get(vm)));
        long newest = report.head().map(ChainHead::sequence).orElse(0L);
        return report.findings().stream()
                .filter(finding -> finding.trouble() != ChainReport.Trouble.FOREIGN_SKIPPED)
                .filter(finding -> finding.sequence() - newest <= ChainEnd.FARTHEST)
                .toList();
    }

    private Seen seen(Slot.Linked record) {
        return record instanceof Slot.Point point
                ? new Seen(point.link(), name(point.vm(), point.manifest().job()), Optional.empty())
                : new Seen(record.link(), "", Optional.of(record));
    }

    private static String sentence(String vm, ChainReport.Finding finding) {
        String what = finding.trouble().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return "manifest " + finding.object() + " of VM " + vm + ": " + what;
    }

    private String name(String vm, String job) {
        return vault.keys().name("session", vm, job);
    }
}
