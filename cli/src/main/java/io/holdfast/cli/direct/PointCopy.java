package io.holdfast.cli.direct;

import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupSession;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PointSource;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Copies points of one vault into another, in the order they were taken. */
final class PointCopy {

    private final Vault from;
    private final Vault into;
    private final PointSearch search;
    /** By machine: the points that the other vault has. */
    private final Map<String, Set<UUID>> there = new HashMap<>();
    /** By machine: the last one that both vaults have. */
    private final Map<String, FoundPoint> bases = new HashMap<>();

    PointCopy(Vault from, Vault into, PointSearch search) {
        this.from = from;
        this.into = into;
        this.search = search;
    }

    /**
     * What became of a point.
     *
     * @param made absent where it was there, or failed
     */
    record Outcome(
            FoundPoint point,
            @Nullable PointManifest made,
            @Nullable String failure) {}

    /** Copies one, unless it is there. What is wrong with it, and not with a store, is its outcome. */
    Outcome one(FoundPoint point, Optional<ChainHead> known, DirectProgress progress) throws InterruptedException {
        if (there.computeIfAbsent(point.vm(), this::ofMachine).contains(point.id())) {
            bases.put(point.vm(), point);
            return new Outcome(point, null, null);
        }
        try {
            PointManifest manifest = search.manifest(point);
            Optional<PointManifest> base =
                    Optional.ofNullable(bases.get(point.vm())).map(search::manifest);
            PointManifest made = copied(manifest, base, known, progress);
            bases.put(point.vm(), point);
            return new Outcome(point, made, null);
        } catch (VaultException e) {
            return new Outcome(point, null, String.valueOf(e.getMessage()));
        }
    }

    private Set<UUID> ofMachine(String vm) {
        Set<UUID> points = new HashSet<>();
        into.eachPoint(vm, point -> points.add(point.id()), sequence -> {});
        return points;
    }

    /** A base that the other vault cannot use costs a full copy. */
    private PointManifest copied(
            PointManifest point, Optional<PointManifest> base, Optional<ChainHead> known, DirectProgress progress)
            throws InterruptedException {
        try {
            return against(point, base, known, progress);
        } catch (VaultException e) {
            if (e.kind() != VaultException.Kind.BASE_NOT_USABLE || base.isEmpty()) {
                throw e;
            }
            return against(point, Optional.empty(), known, progress);
        }
    }

    private PointManifest against(
            PointManifest point, Optional<PointManifest> base, Optional<ChainHead> known, DirectProgress progress)
            throws InterruptedException {
        var intent = new BackupIntent(
                point.vm(),
                point.vmName(),
                point.source(),
                "copy of " + point.id(),
                point.id(),
                point.moment(),
                point.kind(),
                base.map(PointManifest::id),
                known);
        try (BackupSession session = into.begin(intent)) {
            long before = 0;
            for (PointManifest.Disk disk :
                    session.isCommittedAlready() ? java.util.List.<PointManifest.Disk>of() : point.disks()) {
                long done = before;
                session.backup(
                        new PointSource(from, point, disk.key(), base), now -> progress.at(done + now.position()));
                before += disk.size();
            }
            return session.commit(new PointFacts(
                    point.takenAt(),
                    point.consistency(),
                    point.vmState(),
                    point.definition(),
                    point.notes(),
                    point.sourceId()));
        }
    }
}
