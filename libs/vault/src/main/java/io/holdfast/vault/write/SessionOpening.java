package io.holdfast.vault.write;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.ChainEnd;
import io.holdfast.vault.chain.PointLog;
import io.holdfast.vault.chain.ReadFailure;
import io.holdfast.vault.chain.WriteOnce;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.SessionRecord;
import java.util.List;
import java.util.Optional;

/**
 * What the vault knew of a job when an attempt began.
 *
 * @param end where the chain of the VM ended
 * @param committed the manifest that an earlier attempt of the job committed
 * @param repeated whether an earlier attempt began
 * @param storedBytes bytes that this opening stored
 * @param alarms what is wrong with the chain, for the point's notes
 */
record SessionOpening(
        ChainEnd end, Optional<PointManifest> committed, boolean repeated, long storedBytes, List<String> alarms) {

    private static final System.Logger LOG = System.getLogger(SessionOpening.class.getName());

    static SessionOpening of(VaultParts vault, BackupIntent intent) {
        ChainEnd end = vault.log().end(intent.vm());
        List<String> alarms = alarms(vault, intent, end.head());
        ObjectKey key = key(vault, intent.vm(), intent.job());
        byte[] body = new SessionRecord(
                        intent.vm(),
                        intent.job(),
                        intent.point(),
                        end.last(),
                        vault.options().clock().instant())
                .encode();
        byte[] object = Sealed.SESSION.seal(vault.keys(), vault.random(), key, body);
        if (put(vault.store(), key, object)) {
            return new SessionOpening(end, Optional.empty(), false, object.length, alarms);
        }
        return new SessionOpening(end, committed(vault, intent.vm(), intent.job()), true, 0, alarms);
    }

    /** Whether the session is stored now; false when an earlier attempt stored one, be it that it cannot be read any more. */
    private static boolean put(ObjectStore store, ObjectKey key, byte[] object) {
        try {
            return WriteOnce.put(store, key, object);
        } catch (StorageException e) {
            if (ReadFailure.isOfObject(store, e) && store.head(key).isPresent()) {
                return false;
            }
            throw e;
        }
    }

    /** The manifest that an attempt of the job committed; looks only at manifests that came after the job began. */
    static Optional<PointManifest> committed(VaultParts vault, String vm, String job) {
        ObjectKey key = key(vault, vm, job);
        Optional<byte[]> session = session(vault.store(), key);
        return session.isEmpty()
                ? Optional.empty()
                : vault.log().ofJob(vm, job, firstHead(vault, key, session.get(), job));
    }

    /** The session, empty bytes when it cannot be read. */
    private static Optional<byte[]> session(ObjectStore store, ObjectKey key) {
        try {
            return WriteOnce.read(store, key, 1 << 20);
        } catch (StorageException e) {
            if (ReadFailure.isOfObject(store, e)) {
                return Optional.of(new byte[0]);
            }
            throw e;
        }
    }

    /** The head when the job first began; 0, so that all manifests are looked at, when that cannot be read. */
    private static long firstHead(VaultParts vault, ObjectKey key, byte[] object, String job) {
        try {
            SessionRecord session = SessionRecord.decode(Sealed.SESSION.open(vault.keys(), key, object, Access.WRITE));
            return session.job().equals(job) ? session.head() : 0;
        } catch (FormatException e) {
            return 0;
        } catch (VaultException e) {
            if (e.kind() == VaultException.Kind.UNSUPPORTED) {
                return 0;
            }
            throw e;
        }
    }

    private static ObjectKey key(VaultParts vault, String vm, String job) {
        return Keys.session(vault.keys().name("session", vm, job));
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
        return switch (vault.log().read(vm, known.sequence())) {
            case PointLog.Slot.Point there when there.manifest().hash().equals(known.hash()) -> Optional.empty();
            case PointLog.Slot.Point there -> Optional.of(what + "was replaced by another: the vault was rolled back.");
            case PointLog.Slot.Foreign foreign ->
                Optional.of(what + "is damaged or was replaced: " + foreign.why() + ".");
            case PointLog.Slot.Unreadable there -> Optional.of(what + "is damaged: " + there.why());
            case PointLog.Slot.Absent absent -> Optional.of(what + "is gone: the vault was rolled back.");
        };
    }
}
