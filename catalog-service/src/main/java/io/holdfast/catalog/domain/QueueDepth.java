package io.holdfast.catalog.domain;

import io.holdfast.api.job.JobKind.Runner;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How much work waits for a runner; what the autoscaler reads.
 *
 * @param queued jobs that wait, for whatever reason
 * @param running jobs that run
 * @param useful how many could run at once now, the running ones included, with locks and limits counted
 */
public record QueueDepth(Runner runner, int queued, int running, int useful) {

    /** How many data-moving jobs may run at once. */
    public record Limits(int perSource, int perVault) {}

    /**
     * What counts of a job that waits or runs.
     *
     * @param look whether its attempts only look: one at a time of a vault
     */
    public record Entry(
            Runner runner,
            boolean running,
            boolean movesData,
            boolean due,
            boolean look,
            @Nullable String source,
            @Nullable UUID vault,
            JobLocks locks) {}

    /** The depth for one runner; {@code entries} holds every job that waits or runs, in the queue's order. */
    public static QueueDepth of(Runner runner, List<Entry> entries, Limits limits) {
        Room room = new Room(limits);
        entries.stream().filter(Entry::running).forEach(room::take);
        int running = (int) entries.stream()
                .filter(e -> e.running() && e.runner() == runner)
                .count();
        int useful = running;
        int queued = 0;
        for (Entry entry : entries) {
            if (entry.running() || entry.runner() != runner) {
                continue;
            }
            queued++;
            if (entry.due() && room.fits(entry)) {
                room.take(entry);
                useful++;
            }
        }
        return new QueueDepth(runner, queued, running, useful);
    }

    /** What is still free while jobs are placed one after the other. */
    private static final class Room {
        private final Limits limits;
        private final Map<Object, Integer> used = new HashMap<>();
        private final Map<String, Boolean> locked = new HashMap<>();
        private final Set<UUID> looked = new HashSet<>();

        Room(Limits limits) {
            this.limits = limits;
        }

        boolean fits(Entry entry) {
            boolean locksFree = entry.locks().exclusive().stream().noneMatch(locked::containsKey)
                    && entry.locks().shared().stream().noneMatch(key -> locked.getOrDefault(key, false));
            boolean mayLook = !entry.look() || entry.vault() == null || !looked.contains(entry.vault());
            return locksFree
                    && mayLook
                    && (!entry.movesData()
                            || (below(entry.source(), limits.perSource()) && below(entry.vault(), limits.perVault())));
        }

        void take(Entry entry) {
            entry.locks().exclusive().forEach(key -> locked.put(key, true));
            entry.locks().shared().forEach(key -> locked.putIfAbsent(key, false));
            if (entry.look() && entry.vault() != null) {
                looked.add(entry.vault());
            }
            if (entry.movesData()) {
                count(entry.source());
                count(entry.vault());
            }
        }

        private boolean below(@Nullable Object key, int limit) {
            return key == null || used.getOrDefault(key, 0) < limit;
        }

        private void count(@Nullable Object key) {
            if (key != null) {
                used.merge(key, 1, Integer::sum);
            }
        }
    }
}
