package io.holdfast.vault.write;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.ReadFailure;
import io.holdfast.vault.chain.WriteOnce;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Journal;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.pack.PackCheck;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The journal objects of one session. */
final class JournalLog {

    private static final System.Logger LOG = System.getLogger(JournalLog.class.getName());
    private static final int MOST_READ = 10_000;
    /** Journals of which the packs are looked at: a few attempts, and some packs lost in each. */
    private static final int MOST_CHECKED = 8;

    private static final Comparator<Journal> HOW_FAR = Comparator.<Journal>comparingInt(
                    j -> j.finished().size())
            .thenComparingLong(j -> j.current().map(Journal.Progress::nextLeaf).orElse(0L));

    private final VaultParts vault;
    private final SessionRecord session;
    private final String prefix;

    JournalLog(VaultParts vault, SessionRecord session) {
        this.vault = vault;
        this.session = session;
        prefix = Keys.journals(session.hexId());
    }

    /** How far a session came. */
    record Reached(SessionRecord session, Journal journal) {}

    /**
     * The furthest that any of these sessions came with packs that are still there: a store may lose what it had acknowledged. What
     * cannot be read is passed over: it only costs time.
     */
    static Optional<Reached> furthest(VaultParts vault, List<SessionRecord> sessions, PackCheck packs) {
        Set<String> damaged = new HashSet<>();
        for (int tries = 0; tries < MOST_CHECKED; tries++) {
            Optional<Reached> reached = sessions.stream()
                    .flatMap(session -> new JournalLog(vault, session).furthestWithout(damaged).stream())
                    .max(Comparator.comparing(Reached::journal, HOW_FAR));
            Optional<VaultException> damage =
                    reached.flatMap(found -> packs.firstDamage(found.journal().packs()));
            if (damage.isEmpty()) {
                return reached;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a journal is not gone on from: {0}",
                    damage.get().getMessage());
            damage.get().object().ifPresent(damaged::add);
        }
        return Optional.empty();
    }

    /** Packs are stored in order, so that a journal before the damaged pack is found soon. */
    private Optional<Reached> furthestWithout(Set<String> damaged) {
        try (Stream<ObjectInfo> listed = vault.store().list(prefix)) {
            return listed.limit(MOST_READ)
                    .map(info -> read(info.key()))
                    .flatMap(Optional::stream)
                    .filter(journal -> journal.packs().stream()
                            .noneMatch(pack ->
                                    damaged.contains(Keys.pack(pack.id()).value())))
                    .reduce((one, other) -> HOW_FAR.compare(one, other) >= 0 ? one : other)
                    .map(journal -> new Reached(session, journal));
        }
    }

    ObjectKey newKey() {
        byte[] random = new byte[16];
        vault.random().nextBytes(random);
        return new ObjectKey(prefix + HexFormat.of().formatHex(random));
    }

    byte[] seal(ObjectKey key, Journal journal) {
        return Sealed.JOURNAL.seal(vault.keys(), vault.random(), key, journal.encode());
    }

    private Optional<Journal> read(ObjectKey key) {
        try {
            return WriteOnce.read(vault.store(), key, VaultFormat.MAX_SEALED)
                    .map(object -> Journal.decode(Sealed.JOURNAL.open(vault.keys(), key, object, Access.WRITE)))
                    .filter(journal -> journal.vm().equals(session.vm())
                            && journal.job().equals(session.job())
                            && journal.moment().equals(session.moment()));
        } catch (FormatException e) {
            return Optional.empty();
        } catch (VaultException e) {
            if (e.kind() == VaultException.Kind.UNSUPPORTED) {
                return Optional.empty();
            }
            throw e;
        } catch (StorageException e) {
            if (ReadFailure.isOfObject(vault.store(), e)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
