package io.holdfast.vault.map;

import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.pack.PackHandle;
import io.holdfast.vault.pack.PackStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The packs of a map being built: numbers, and how many entries point into each. Confined to one thread. */
public final class PackTable {

    private final TreeMap<Long, Entry> byNumber = new TreeMap<>();
    private final Map<String, Long> numbers = new HashMap<>();

    private static final class Entry {
        final PackHandle pack;
        long blocks;
        long nodes;

        Entry(PackHandle pack, long blocks, long nodes) {
            this.pack = pack;
            this.blocks = blocks;
            this.nodes = nodes;
        }
    }

    /** A table of these packs, with their counts. */
    public PackTable(List<PackUse> known) {
        for (PackUse pack : known) {
            PackHandle handle = new PackHandle(pack.id(), pack.size(), pack.directoryLength());
            byNumber.put(pack.number(), new Entry(handle, pack.blocks(), pack.nodes()));
            numbers.put(pack.id(), pack.number());
        }
    }

    /** Makes packs known, without counts, that are not yet. */
    public void know(List<PackUse> packs) {
        for (PackUse pack : packs) {
            if (numbers.putIfAbsent(pack.id(), pack.number()) == null) {
                PackHandle handle = new PackHandle(pack.id(), pack.size(), pack.directoryLength());
                byNumber.put(pack.number(), new Entry(handle, 0, 0));
            }
        }
    }

    /** The location of this place, its pack numbered if it was not. */
    public long location(PackStream.Place place) {
        PackHandle pack = place.pack();
        Long number = numbers.get(pack.id());
        if (number == null) {
            number = byNumber.isEmpty() ? 1L : byNumber.lastKey() + 1;
            numbers.put(pack.id(), number);
            byNumber.put(number, new Entry(pack, 0, 0));
        }
        return Location.of(number, place.frame(), place.position());
    }

    public void countBlock(long location, int by) {
        if (location != Location.NONE) {
            entry(location).blocks += by;
        }
    }

    public void countNode(long location, int by) {
        if (location != Location.NONE) {
            entry(location).nodes += by;
        }
    }

    /** The packs that something points into, by number. */
    public List<PackUse> uses() {
        return byNumber.entrySet().stream()
                .filter(e -> e.getValue().blocks != 0 || e.getValue().nodes != 0)
                .map(e -> use(e.getKey(), e.getValue()))
                .toList();
    }

    private static PackUse use(long number, Entry entry) {
        PackHandle pack = entry.pack;
        return new PackUse(number, pack.id(), pack.size(), pack.directoryLength(), entry.blocks, entry.nodes);
    }

    private Entry entry(long location) {
        Entry entry = byNumber.get(Location.pack(location));
        if (entry == null) {
            throw new FormatException("a location in a pack that the table does not list");
        }
        return entry;
    }
}
