package io.holdfast.vault.read;

import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PointManifest.Disk;
import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.PreflightReport;
import io.holdfast.vault.PreflightReport.Damage;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.Location;
import io.holdfast.vault.map.MapNode;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.map.MapShape;
import io.holdfast.vault.pack.AtOnce;
import io.holdfast.vault.pack.FrameStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Looks, before a point is restored, whether all packs are there and everything but the blocks themselves authenticates:
 * directories, and each frame of map nodes. Frames are opened pack by pack, because along the map the same frame would be
 * wanted again and again; only a disk with a damaged frame of nodes has its map walked, to learn whether it needs that frame.
 */
public final class Preflight {

    private static final int MOST_DAMAGES = PreflightReport.MOST_DAMAGES;

    private final FrameStore frames;
    private final PointManifest point;
    private final Map<String, Need> needs = new LinkedHashMap<>();
    private final List<Damage> damages = new ArrayList<>();
    private final Set<String> suspects = ConcurrentHashMap.newKeySet();

    /** A pack, a disk that needs it, and whether any disk needs nodes of it. */
    private record Need(Disk disk, PackUse pack, boolean nodes) {}

    public Preflight(FrameStore frames, PointManifest point) {
        this.frames = frames;
        this.point = point;
    }

    public PreflightReport run() {
        for (Disk disk : point.disks()) {
            for (PackUse pack : disk.packs()) {
                needs.merge(
                        pack.id(),
                        new Need(disk, pack, pack.nodes() > 0),
                        (one, other) -> new Need(one.disk, one.pack, one.nodes || other.nodes));
            }
        }
        lookAtPacks(List.copyOf(needs.values()));
        for (Disk disk : point.disks()) {
            if (disk.packs().stream().anyMatch(pack -> suspects.contains(pack.id()))) {
                walk(
                        new Walk(disk, new MapReader(frames, disk)),
                        MapShape.of(disk.size()).height(),
                        0);
            }
        }
        return new PreflightReport(needs.size(), damages);
    }

    private void lookAtPacks(List<Need> packs) {
        Map<Long, Damage> found = new ConcurrentSkipListMap<>();
        AtOnce.each(packs.size(), at -> {
            Need need = packs.get((int) at);
            try {
                frames.check(need.pack);
                if (need.nodes && !frames.nodesAuthenticate(need.pack)) {
                    suspects.add(need.pack.id());
                }
            } catch (VaultException e) {
                found.put(at, damage(need.disk, e));
            }
            return found.size() < MOST_DAMAGES;
        });
        damages.addAll(found.values());
    }

    private record Walk(Disk disk, MapReader map) {}

    private void walk(Walk walk, int level, long index) {
        if (damages.size() >= MOST_DAMAGES) {
            return;
        }
        MapNode.Inner node;
        try {
            node = walk.map.inner(level, index);
        } catch (VaultException e) {
            add(walk.disk, e);
            return;
        }
        if (node == null) {
            return;
        }
        for (int i = 0; i < VaultFormat.FAN_OUT; i++) {
            long child = (index << VaultFormat.FAN_BITS) + i;
            if (node.children()[i] != Location.NONE && level > 1) {
                walk(walk, level - 1, child);
            } else if (node.children()[i] != Location.NONE) {
                leaf(walk, child);
            }
        }
    }

    private void leaf(Walk walk, long index) {
        try {
            walk.map.leaf(index);
        } catch (VaultException e) {
            add(walk.disk, e);
        }
    }

    private void add(Disk disk, VaultException e) {
        Damage damage = damage(disk, e);
        boolean told = damages.stream()
                .anyMatch(other ->
                        other.object().equals(damage.object()) && other.disk().equals(disk.key()));
        if (!told && damages.size() < MOST_DAMAGES) {
            damages.add(damage);
        }
    }

    private static Damage damage(Disk disk, VaultException e) {
        return new Damage(e.kind(), e.object().orElse(Keys.POINTS), disk.key(), String.valueOf(e.getMessage()));
    }
}
