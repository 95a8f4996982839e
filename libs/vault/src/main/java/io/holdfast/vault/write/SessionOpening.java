package io.holdfast.vault.write;

import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.ChainEnd;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.GenerationRecord;
import io.holdfast.vault.format.Journal;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.pack.PackCheck;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What the vault knew of a job when an attempt began.
 *
 * @param end where the chain of the VM ended
 * @param committed the manifest that an earlier attempt of the job committed; nothing is stored then
 * @param session the session to write in: one that was begun on this moment, or a new one
 * @param journal how far that session came
 * @param storedBytes bytes that this opening stored
 * @param condemned ids of packs that must not be referred to
 * @param alarms what is wrong with the chain, for the point's notes
 */
record SessionOpening(
        ChainEnd end,
        Optional<PointManifest> committed,
        Optional<SessionRecord> session,
        Optional<Journal> journal,
        long storedBytes,
        Set<String> condemned,
        List<String> alarms) {

    private static final System.Logger LOG = System.getLogger(SessionOpening.class.getName());

    /** A session is put again when a generation came between; more often than this somebody does nothing else. */
    private static final int MOST_TRIES = 100;

    static SessionOpening of(VaultParts vault, BackupIntent intent, PackCheck packs) {
        ChainEnd end = vault.log().end(intent.vm());
        List<String> alarms = alarms(vault, intent, end.head());
        JobHistory history = JobHistory.of(vault, intent.vm(), intent.job());
        if (history.committed().isPresent()) {
            return new SessionOpening(
                    end, history.committed(), Optional.empty(), Optional.empty(), 0, Set.of(), alarms);
        }
        GenerationRecord generation = vault.generations().newest();
        List<SessionRecord> earlier = history.alive().stream()
                .filter(session -> session.moment().equals(intent.moment()))
                .toList();
        Optional<JournalLog.Reached> furthest = JournalLog.furthest(vault, earlier, packs);
        // Where there is a journal the session had been valid; where there is none it is if no generation came since.
        Optional<SessionRecord> old = furthest.map(JournalLog.Reached::session)
                .or(() -> earlier.stream()
                        .filter(session -> session.generation() == generation.number())
                        .findFirst());
        if (old.isPresent()) {
            return new SessionOpening(
                    end,
                    Optional.empty(),
                    old,
                    furthest.map(JournalLog.Reached::journal),
                    0,
                    condemned(generation),
                    alarms);
        }
        return begun(vault, intent, end, generation, alarms);
    }

    /**
     * Puts a new session. It is valid only if no generation appears before it is stored: a collection that writes one looks for sessions
     * afterwards, and so either sees this one, or this one sees what is condemned.
     */
    private static SessionOpening begun(
            VaultParts vault, BackupIntent intent, ChainEnd end, GenerationRecord known, List<String> alarms) {
        GenerationRecord generation = known;
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            SessionRecord session = new SessionRecord(
                    UUID.randomUUID(),
                    intent.vm(),
                    intent.job(),
                    intent.moment(),
                    intent.point(),
                    end.last(),
                    generation.number(),
                    vault.options().clock().instant());
            int size = vault.sessions().put(session);
            GenerationRecord now = vault.generations().newest();
            if (now.number() == generation.number()) {
                return new SessionOpening(
                        end,
                        Optional.empty(),
                        Optional.of(session),
                        Optional.empty(),
                        size,
                        condemned(generation),
                        alarms);
            }
            // It is left to collections: another attempt may have gone on in it already.
            generation = now;
        }
        throw new VaultException(VaultException.Kind.CONFLICT, null, "one collection after another is under way");
    }

    private static Set<String> condemned(GenerationRecord generation) {
        return generation.condemned().stream().map(GenerationRecord.Mark::pack).collect(Collectors.toUnmodifiableSet());
    }

    /** A roll-back does not stop a backup, which is worth more now than ever; but it is said where people look. */
    private static List<String> alarms(VaultParts vault, BackupIntent intent, Optional<ChainHead> head) {
        Optional<String> alarm = intent.known()
                .filter(known -> head.filter(known::equals).isEmpty())
                .flatMap(known -> lost(vault, intent.vm(), known));
        alarm.ifPresent(sentence -> LOG.log(System.Logger.Level.WARNING, "VM {0}: {1}", intent.vm(), sentence));
        return alarm.stream().toList();
    }

    private static Optional<String> lost(VaultParts vault, String vm, ChainHead known) {
        String what = "Manifest " + known.sequence() + " of this machine, which is known outside the vault, ";
        if (vault.log().removal(vm).filter(record -> record.accountsFor(known)).isPresent()) {
            return Optional.empty();
        }
        return switch (vault.log().read(vm, known.sequence())) {
            case Slot.Linked there when there.link().head().equals(known) -> Optional.empty();
            case Slot.Linked there -> Optional.of(what + "was replaced by another: the vault was rolled back.");
            case Slot.Foreign foreign -> Optional.of(what + "is damaged or was replaced: " + foreign.why() + ".");
            case Slot.Unreadable there -> Optional.of(what + "is damaged: " + there.why());
            case Slot.Absent absent -> Optional.of(what + "is gone: the vault was rolled back.");
        };
    }
}
