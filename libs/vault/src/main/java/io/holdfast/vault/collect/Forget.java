package io.holdfast.vault.collect;

import io.holdfast.vault.ForgetReport;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.chain.Draft;
import io.holdfast.vault.chain.RemovalRecord;
import io.holdfast.vault.chain.RemovalRecord.Removed;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.RecordCodec;
import io.holdfast.vault.write.VaultParts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Removes points of one VM: a record in the chain says so, and from there on they do not count; then their manifests are deleted. */
public final class Forget {

    private final VaultParts vault;
    private final String vm;

    public Forget(VaultParts vault, String vm) {
        this.vault = vault;
        this.vm = vm;
    }

    public ForgetReport run(Set<UUID> points) {
        List<Long> standing = vault.log().standing(vm);
        List<Slot.Point> found = find(standing, points);
        Set<UUID> unknown = new HashSet<>(points);
        found.forEach(point -> unknown.remove(point.manifest().id()));
        Set<UUID> already = already(unknown);
        unknown.removeAll(already);
        Optional<Slot.Linked> record = Optional.empty();
        if (!found.isEmpty()) {
            record = Optional.of(vault.appender().append(vm, Long.MAX_VALUE, 0, draft(standing, found)));
        }
        new ChainSweep(vault).chain(vm);
        List<PointManifest> removed = found.stream().map(Slot.Point::manifest).toList();
        return new ForgetReport(
                removed, already, unknown, record.map(there -> there.link().head()));
    }

    private List<Slot.Point> find(List<Long> standing, Set<UUID> points) {
        List<Slot.Point> found = new ArrayList<>();
        for (long sequence : standing.reversed()) {
            if (found.size() == points.size()) {
                break;
            }
            if (vault.log().read(vm, sequence) instanceof Slot.Point point
                    && points.contains(point.manifest().id())) {
                found.add(point);
            }
        }
        return found;
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

    private Draft draft(List<Long> standing, List<Slot.Point> found) {
        return new Draft() {
            @Override
            public byte[] body(ChainLink link) {
                return RecordCodec.encode(record(link, standing, found));
            }

            @Override
            public Optional<Slot.Linked> met(Slot.Linked other) {
                return Optional.empty();
            }
        };
    }

    /**
     * The record that says all that is removed by now. The removal record before it stays, in case this one is damaged; the one before
     * that is removed.
     */
    private RemovalRecord record(ChainLink link, List<Long> standing, List<Slot.Point> found) {
        TreeMap<Long, Removed> removed = new TreeMap<>();
        found.forEach(point -> removed.put(point.link().sequence(), Removed.of(point)));
        long floor = 0;
        Optional<RemovalRecord> before = link.removals() == 0 ? Optional.empty() : newestRemoval(link);
        if (before.isPresent()) {
            RemovalRecord newest = before.get();
            newest.removed().forEach(one -> removed.put(one.head().sequence(), one));
            floor = newest.floor();
            long older = newest.link().removals();
            if (older >= floor
                    && !removed.containsKey(older)
                    && vault.log().read(vm, older) instanceof Slot.Removal r) {
                removed.put(older, Removed.of(r));
            }
        }
        long lowest = standing.stream()
                .filter(sequence -> !removed.containsKey(sequence))
                .findFirst()
                // What was appended since is above all that was listed.
                .orElse(standing.getLast() + 1);
        long raised = Math.max(floor, lowest);
        return new RemovalRecord(
                vm,
                link,
                vault.options().clock().instant(),
                raised,
                List.copyOf(removed.tailMap(raised).values()));
    }

    private Optional<RemovalRecord> newestRemoval(ChainLink link) {
        return vault.log().read(vm, link.removals()) instanceof Slot.Removal removal
                ? Optional.of(removal.record())
                : vault.log().removal(vm);
    }
}
