package io.holdfast.vault.collect;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.CollectOptions;
import io.holdfast.vault.CollectReport;
import io.holdfast.vault.CollectReport.Unfinished;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.ReadFailure;
import io.holdfast.vault.format.GenerationRecord;
import io.holdfast.vault.format.GenerationRecord.Mark;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.pack.AtOnce;
import io.holdfast.vault.session.Sessions;
import io.holdfast.vault.write.VaultParts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Collects what nothing needs: packs in the steps of {@link CollectionPlan}, sessions that have ended, removed records. It runs beside
 * backups, restores and other collections; it may die at any request and be repeated. Used once, by one thread.
 */
public final class Collection {

    /** Suspect, condemn, delete, and once more to see that all is done; others that collect at once may cost some. */
    private static final int MOST_ROUNDS = 12;

    private final VaultParts vault;
    private final CollectOptions options;
    private final References references;
    private final ChainSweep sweep;
    private final List<Unfinished> fenced = new ArrayList<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> garbage = new HashMap<>();
    private long packs;
    private long packBytes;
    private long deletedBytes;
    private boolean waited;

    public Collection(VaultParts vault, CollectOptions options) {
        this.vault = vault;
        this.options = options;
        references = new References(vault, options.known());
        sweep = new ChainSweep(vault);
    }

    public CollectReport run() {
        Round round = new Round();
        for (int rounds = 1; !round.isDone() && rounds < MOST_ROUNDS; rounds++) {
            round = new Round();
        }
        return round.report();
    }

    /** One look at the vault, and one step of each pack. The order in which things are read is what makes it safe. */
    private final class Round {
        private final GenerationRecord known;
        private final List<Sessions.Found> unfinished;
        private final CollectionPlan plan;
        private boolean done;

        Round() {
            known = vault.generations().newest();
            Set<String> trails = options.dryRun() ? Set.of() : trails();
            List<Sessions.Found> sessions = vault.sessions().all();
            references.look();
            unfinished = sessions.stream().filter(this::isUnfinished).toList();
            plan = plan(sessions);
            if (options.dryRun() || !obstacles().isEmpty()) {
                done = true;
                return;
            }
            forget(sessions, trails);
            delete();
            GenerationRecord next = plan.without(deleted);
            if (CollectionPlan.sameMarks(next, known)) {
                done = !fence();
            } else {
                // If another collection took the number, what that one found is looked at in the next round.
                vault.generations().put(next);
            }
        }

        boolean isDone() {
            return done;
        }

        private List<String> obstacles() {
            return options.despiteDamage() ? List.of() : references.troubles();
        }

        private boolean isUnfinished(Sessions.Found session) {
            return session.record().map(record -> !references.hasEnded(record)).orElse(true);
        }

        private CollectionPlan plan(List<Sessions.Found> sessions) {
            Set<String> condemned = known.condemned().stream().map(Mark::pack).collect(Collectors.toSet());
            Map<String, Long> unreferenced = new HashMap<>();
            Set<String> pardoned = new HashSet<>();
            packs = 0;
            packBytes = 0;
            try (Stream<ObjectInfo> listed = vault.store().list(Keys.PACKS)) {
                listed.forEach(info -> Keys.packId(info.key()).ifPresent(id -> {
                    packs++;
                    packBytes += info.size();
                    if (!references.packs().contains(id)) {
                        unreferenced.put(id, info.size());
                    } else if (condemned.contains(id)) {
                        pardoned.add(id);
                    }
                }));
            }
            garbage.putAll(unreferenced);
            long oldest = unfinished.stream()
                    .mapToLong(session ->
                            session.record().map(SessionRecord::generation).orElse(0L))
                    .min()
                    .orElse(Long.MAX_VALUE);
            return CollectionPlan.of(
                    new CollectionPlan.Seen(known, nextNumber(sessions), unreferenced, pardoned, oldest),
                    vault.options().clock().instant());
        }

        /** Above every number that a session or a generation of ours knows, and taken by nobody. */
        private long nextNumber(List<Sessions.Found> sessions) {
            long recorded = sessions.stream()
                    .flatMap(session -> session.record().stream())
                    .mapToLong(SessionRecord::generation)
                    .max()
                    .orElse(0);
            List<Long> taken = vault.generations().numbers();
            long next = Math.max(recorded, known.number()) + 1;
            while (taken.contains(next)) {
                next++;
            }
            return next;
        }

        /** Deletes sessions that have ended, with what they left, trails without a session, and generations that are history. */
        private void forget(List<Sessions.Found> sessions, Set<String> trails) {
            Set<String> left = new HashSet<>(trails);
            for (Sessions.Found session : sessions) {
                Keys.sessionId(session.key()).ifPresent(left::remove);
                if (!unfinished.contains(session)) {
                    sweep.session(session.key());
                }
            }
            left.forEach(sweep::trail);
            sweepChains();
            vault.generations().numbers().stream()
                    .filter(number -> number < known.number())
                    .forEach(number -> vault.store().delete(Keys.generation(number)));
        }

        /** Frees numbers of removed records. While there is a session that cannot be read nobody knows which. */
        private void sweepChains() {
            if (unfinished.stream().anyMatch(session -> session.record().isEmpty())) {
                return;
            }
            for (String vm : references.vms()) {
                long lowest = unfinished.stream()
                        .flatMap(session -> session.record().stream())
                        .filter(session -> session.vm().equals(vm))
                        .mapToLong(SessionRecord::head)
                        .min()
                        .orElse(Long.MAX_VALUE);
                sweep.chain(vm, lowest);
            }
        }

        private void delete() {
            List<Map.Entry<String, Long>> doomed = List.copyOf(plan.delete().entrySet());
            AtOnce.each(doomed.size(), index -> {
                Map.Entry<String, Long> pack = doomed.get((int) index);
                vault.store().delete(Keys.pack(pack.getKey()));
                if (deleted.add(pack.getKey())) {
                    counted(pack.getValue());
                }
                return true;
            });
        }

        /** Whether sessions that are in the way were declared dead, or have ended: then there is more to do. */
        private boolean fence() {
            List<Sessions.Found> inTheWay = waitingFor();
            if (inTheWay.isEmpty() || options.patience().isEmpty() || waited) {
                return false;
            }
            waited = true;
            if (options.patience().get().isPositive()) {
                options.waiting()
                        .accept(inTheWay.stream().map(Collection::unfinished).toList());
            }
            SessionWatch watch = new SessionWatch(vault, options.clock());
            for (Sessions.Found session :
                    watch.silent(inTheWay, options.patience().get())) {
                bury(watch, session);
            }
            return true;
        }

        private void bury(SessionWatch watch, Sessions.Found silent) {
            Optional<SessionRecord> now;
            try {
                now = silent.record().isPresent()
                        ? silent.record()
                        : vault.sessions().again(silent.key());
            } catch (StorageException e) {
                if (!ReadFailure.isOfObject(vault.store(), e)) {
                    throw e;
                }
                // It may be anybody's: it stays, and so does what it may need.
                return;
            }
            if (now.isEmpty()) {
                // Nobody with our keys wrote it, or it is damaged: a writer that lives does not commit with it.
                sweep.session(silent.key());
                fenced.add(unfinished(silent));
                return;
            }
            try {
                if (watch.fence(now.get())) {
                    fenced.add(unfinished(silent));
                }
            } catch (VaultException e) {
                if (e.kind() != VaultException.Kind.OUTCOME_UNKNOWN) {
                    throw e;
                }
                // What it committed may be in an object that cannot be read.
            }
        }

        /** Sessions for whose sake packs are kept. */
        private List<Sessions.Found> waitingFor() {
            long newest = Stream.concat(plan.next().suspected().stream(), plan.next().condemned().stream())
                    .filter(mark -> garbage.containsKey(mark.pack()) && !deleted.contains(mark.pack()))
                    .mapToLong(Mark::since)
                    .max()
                    .orElse(0);
            return unfinished.stream()
                    .filter(session ->
                            session.record().map(SessionRecord::generation).orElse(0L) < newest)
                    .toList();
        }

        CollectReport report() {
            boolean would = options.dryRun() && obstacles().isEmpty();
            Set<String> going = new LinkedHashSet<>(deleted);
            List<Sessions.Found> waiting = waitingFor();
            if (would && waiting.isEmpty()) {
                going.addAll(garbage.keySet());
            } else if (would) {
                going.addAll(plan.delete().keySet());
            }
            return new CollectReport(
                    references.points(),
                    packs + (options.dryRun() ? 0 : deleted.size()),
                    packBytes + (options.dryRun() ? 0 : deletedBytes),
                    garbage.size(),
                    garbage.values().stream().mapToLong(size -> size).sum(),
                    going.size(),
                    going.stream()
                            .mapToLong(pack -> garbage.getOrDefault(pack, 0L))
                            .sum(),
                    waiting.stream().map(Collection::unfinished).toList(),
                    fenced,
                    obstacles());
        }
    }

    private synchronized void counted(long bytes) {
        deletedBytes += bytes;
    }

    private static Unfinished unfinished(Sessions.Found session) {
        return new Unfinished(
                Keys.sessionId(session.key()).orElse(session.key().value()),
                session.record().map(SessionRecord::vm).orElse(""),
                session.record().map(SessionRecord::job).orElse(""));
    }

    /** Ids of all sessions that have left journals or beats. Read before the sessions: who is under way has a session by then. */
    private Set<String> trails() {
        Set<String> ids = new HashSet<>();
        for (String prefix : List.of(Keys.JOURNALS, Keys.BEATS)) {
            try (Stream<ObjectInfo> listed = vault.store().list(prefix)) {
                listed.map(ObjectInfo::key)
                        .forEach((ObjectKey key) -> Keys.sessionId(key).ifPresent(ids::add));
            }
        }
        return ids;
    }
}
