package io.holdfast.vault.collect;

import io.holdfast.vault.ForgetReport;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.chain.Draft;
import io.holdfast.vault.chain.RemovalRecord;
import io.holdfast.vault.chain.RemovalRecord.Removed;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.RecordCodec;
import io.holdfast.vault.write.VaultParts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** Removes points of one VM: a record in the chain says so, and from there on they do not count. Collections delete what is left. */
public final class Forget {

    private final VaultParts vault;
    private final String vm;

    public Forget(VaultParts vault, String vm) {
        this.vault = vault;
        this.vm = vm;
    }

    public ForgetReport run(Set<UUID> points) {
        Standing standing = standing();
        List<Slot.Point> found = standing.points.stream()
                .filter(point -> points.contains(point.manifest().id()))
                .toList();
        Set<UUID> unknown = new HashSet<>(points);
        found.forEach(point -> unknown.remove(point.manifest().id()));
        Set<UUID> already = already(unknown);
        unknown.removeAll(already);
        Optional<Slot.Linked> record = Optional.empty();
        if (!found.isEmpty()) {
            record = Optional.of(vault.appender().append(vm, Long.MAX_VALUE, 0, draft(standing, found)));
        }
        List<PointManifest> removed = found.stream().map(Slot.Point::manifest).toList();
        return new ForgetReport(
                removed, already, unknown, record.map(there -> there.link().head()));
    }

    /**
     * What counts of the chain.
     *
     * @param unread numbers of objects that cannot be read
     * @param listed numbers of all objects that are there
     * @param newest the highest number of a record
     */
    private record Standing(List<Slot.Point> points, List<Long> unread, Set<Long> listed, long newest) {
        /** The lowest number that has to go on counting when these points are removed. */
        long lowestWithout(TreeMap<Long, Removed> removed) {
            return Stream.concat(points.stream().map(point -> point.link().sequence()), unread.stream())
                    .filter(sequence -> sequence <= newest && !removed.containsKey(sequence))
                    .min(Long::compare)
                    // What was appended since is above all that was listed.
                    .orElse(newest + 1);
        }
    }

    private Standing standing() {
        List<Slot.Point> points = new ArrayList<>();
        List<Long> unread = new ArrayList<>();
        long[] newest = {0};
        vault.log().each(vm, (sequence, slot) -> {
            switch (slot) {
                case Slot.Point point -> points.add(point);
                case Slot.Unreadable there -> unread.add(sequence);
                default -> {}
            }
            if (slot instanceof Slot.Linked) {
                newest[0] = sequence;
            }
        });
        return new Standing(points, unread, Set.copyOf(vault.log().sequences(vm, 0)), newest[0]);
    }

    private Set<UUID> already(Set<UUID> points) {
        Set<UUID> removed = new HashSet<>();
        vault.log()
                .removal(vm)
                .ifPresent(record -> record.removed().stream()
                        .flatMap(one -> one.point().stream())
                        .filter(points::contains)
                        .forEach(removed::add));
        return removed;
    }

    private Draft draft(Standing standing, List<Slot.Point> found) {
        return new Draft() {
            @Override
            public byte[] body(ChainLink link) {
                return RecordCodec.encode(record(link, standing, found));
            }

            @Override
            public Optional<Slot.Linked> met(Slot.Linked other, boolean counts) {
                return Optional.empty();
            }
        };
    }

    /**
     * The record that says all that is removed by now. The removal record before it stays, in case this one is damaged; the one before
     * that is removed. What is not deleted yet is listed with its hash even below the floor, so that whoever deletes it
     * knows what it was.
     */
    private RemovalRecord record(ChainLink link, Standing standing, List<Slot.Point> found) {
        TreeMap<Long, Removed> removed = new TreeMap<>();
        found.forEach(point -> removed.put(point.link().sequence(), Removed.of(point)));
        long floor = 0;
        long kept = link.sequence();
        if (link.removals() != 0) {
            RemovalRecord newest = newestRemoval(link);
            newest.removed().forEach(one -> removed.put(one.head().sequence(), one));
            floor = newest.floor();
            kept = newest.link().sequence();
            long older = newest.link().removals();
            if (older >= floor
                    && !removed.containsKey(older)
                    && vault.log().read(vm, older) instanceof Slot.Removal r) {
                removed.put(older, Removed.of(r));
            }
        }
        long raised = Math.max(floor, Math.min(standing.lowestWithout(removed), kept));
        return new RemovalRecord(
                vm,
                link,
                vault.options().clock().instant(),
                raised,
                removed.values().stream()
                        .filter(one -> one.head().sequence() >= raised
                                || standing.listed.contains(one.head().sequence()))
                        .toList());
    }

    /** What was removed before has to be carried on: without it nothing is removed. */
    private RemovalRecord newestRemoval(ChainLink link) {
        if (vault.log().read(vm, link.removals()) instanceof Slot.Removal removal) {
            return removal.record();
        }
        throw new VaultException(
                VaultException.Kind.CORRUPT,
                Keys.point(vault.keys().name("vm", vm), link.removals()).value(),
                "the newest removal record of this machine cannot be read: nothing was removed");
    }
}
