package io.holdfast.vault.collect;

import io.holdfast.vault.format.GenerationRecord;
import io.holdfast.vault.format.GenerationRecord.Mark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one round of a collection does with packs that nothing refers to. A pure function of what was seen.
 *
 * <p>A pack goes three steps, each in a generation of its own, and each only when all sessions that are older than the step before have
 * ended: <b>suspected</b>, when nothing refers to it; <b>condemned</b>, when still nothing does: it is no pack of a session that is
 * under way, and from here on nobody refers to it anew, because sessions that begin now read the list; <b>deleted</b>, when nobody
 * refers to it who began before that.
 *
 * @param delete packs to delete, with their sizes
 * @param next the marks of the next generation, with those that are to be deleted still condemned
 */
record CollectionPlan(Map<String, Long> delete, GenerationRecord next) {

    /**
     * What was seen.
     *
     * @param known the newest generation, read before sessions and manifests
     * @param number of the next generation
     * @param unreferenced packs that are there and that no point refers to, with their sizes
     * @param pardoned packs that are condemned, and referred to nevertheless by a point of an older session: they stay
     *     condemned, so that whoever deletes them needs no clock
     * @param oldest the lowest generation that a session which is not finished knows; the highest number there is when there is none
     */
    record Seen(
            GenerationRecord known, long number, Map<String, Long> unreferenced, Set<String> pardoned, long oldest) {}

    static CollectionPlan of(Seen seen, Instant now) {
        Map<String, Long> suspected = marks(seen.known().suspected());
        Map<String, Long> condemned = marks(seen.known().condemned());
        Map<String, Long> delete = new HashMap<>();
        List<Mark> nextSuspected = new ArrayList<>();
        List<Mark> nextCondemned = new ArrayList<>();
        seen.known().condemned().stream()
                .filter(mark -> seen.pardoned().contains(mark.pack()))
                .forEach(nextCondemned::add);
        // What is condemned stays so; only what is left of the room is for more.
        seen.unreferenced().forEach((pack, size) -> {
            Long since = condemned.get(pack);
            if (since != null) {
                nextCondemned.add(new Mark(pack, since));
                if (seen.oldest() >= since) {
                    delete.put(pack, size);
                }
            }
        });
        for (String pack : seen.unreferenced().keySet()) {
            if (condemned.containsKey(pack)) {
                continue;
            }
            Long since = suspected.get(pack);
            boolean ripe = since != null && seen.oldest() >= since;
            if (ripe && nextCondemned.size() < GenerationRecord.MOST_MARKS) {
                nextCondemned.add(new Mark(pack, seen.number()));
            } else if (nextSuspected.size() < GenerationRecord.MOST_MARKS) {
                nextSuspected.add(new Mark(pack, since == null ? seen.number() : since));
            }
        }
        return new CollectionPlan(delete, new GenerationRecord(seen.number(), now, nextSuspected, nextCondemned));
    }

    /** The next generation without packs that are deleted by now. */
    GenerationRecord without(Set<String> deleted) {
        return new GenerationRecord(
                next.number(),
                next.at(),
                next.suspected(),
                next.condemned().stream()
                        .filter(mark -> !deleted.contains(mark.pack()))
                        .toList());
    }

    /** Whether two generations mark the same packs. */
    static boolean sameMarks(GenerationRecord one, GenerationRecord other) {
        return marks(one.suspected()).equals(marks(other.suspected()))
                && marks(one.condemned()).equals(marks(other.condemned()));
    }

    private static Map<String, Long> marks(List<Mark> marks) {
        Map<String, Long> map = HashMap.newHashMap(marks.size());
        marks.forEach(mark -> map.put(mark.pack(), mark.since()));
        return map;
    }
}
