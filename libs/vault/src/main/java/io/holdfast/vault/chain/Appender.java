package io.holdfast.vault.chain;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.RecordCodec;
import io.holdfast.vault.format.VaultFormat;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Appends records to a VM's chain: points, removals, fences. Whoever appends contests one key, the number behind the newest record:
 * that orders all of them. Thread-safe.
 */
public final class Appender {

    private static final System.Logger LOG = System.getLogger(Appender.class.getName());
    private static final int MOST_TRIES = 10_000;

    private final ObjectStore store;
    private final KeyRing keys;
    private final SecureRandom random;
    private final PointLog log;

    public Appender(ObjectStore store, KeyRing keys, SecureRandom random, PointLog log) {
        this.store = store;
        this.keys = keys;
        this.random = random;
        this.log = log;
    }

    /**
     * Appends a record.
     *
     * @param since records behind this number are shown to the draft
     * @param least the first number that may be taken; a record of the gap is put when it is not the next
     * @return the record as stored, or the one that the draft accepted in its place
     * @throws VaultException UNSUPPORTED: the format cannot hold this record; OUTCOME_UNKNOWN; what the draft throws
     */
    public Slot.Linked append(String vm, long since, long least, Draft draft) {
        ChainEnd end = log.end(vm);
        Optional<Slot.Linked> instead = show(vm, since, end, draft);
        draft.beforePut();
        for (int tries = 0; instead.isEmpty() && tries < MOST_TRIES; tries++) {
            boolean jump = least > end.next();
            ChainLink link = end.link();
            byte[] body = jump ? RecordCodec.encode(new GapRecord(vm, link, least)) : draft.body(link);
            ObjectKey key = Keys.point(keys.name("vm", vm), end.next());
            byte[] object = Sealed.POINT.seal(keys, random, key, body);
            Slot.Linked record = readable(key, object);
            if (put(key, object)) {
                if (jump) {
                    end = end.behind(record);
                } else if (stands(vm, record)) {
                    return record;
                } else {
                    // What was just put, in vain, is not shown: it must not be taken for a success.
                    ChainEnd now = log.end(vm);
                    instead = show(vm, end.next(), now, draft);
                    end = now;
                    draft.beforePut();
                }
                continue;
            }
            switch (log.read(vm, end.next(), Access.WRITE)) {
                case Slot.Linked other -> {
                    instead = draft.met(other, true);
                    end = end.behind(other);
                }
                case Slot.Foreign foreign -> {
                    LOG.log(System.Logger.Level.WARNING, "foreign object at {0} is skipped: {1}", key, foreign.why());
                    end = end.behind(foreign);
                }
                case Slot.Unreadable there -> throw PointLog.perhapsOurs(key);
                case Slot.Absent absent -> {}
            }
        }
        return instead.orElseThrow(() -> new VaultException(
                VaultException.Kind.CONFLICT, Keys.points(keys.name("vm", vm)), "too many objects in the way"));
    }

    /** Shows the draft what stands between {@code since} and the end. */
    private Optional<Slot.Linked> show(String vm, long since, ChainEnd end, Draft draft) {
        AtomicReference<Slot.@Nullable Linked> instead = new AtomicReference<>();
        if (since < end.last()) {
            Optional<VaultException> doubt = log.after(vm, since, (record, counts) -> {
                // What came later is met at its number.
                if (instead.get() == null && record.link().sequence() <= end.last()) {
                    draft.met(record, counts).ifPresent(instead::set);
                }
            });
            if (instead.get() == null && doubt.isPresent()) {
                throw doubt.get();
            }
        }
        return Optional.ofNullable(instead.get());
    }

    /**
     * Whether a record that was just put counts. It does not when its number had been given before, and removed: then the key was free
     * again, and the chain goes on behind it without this record.
     */
    private boolean stands(String vm, Slot.Linked record) {
        long sequence = record.link().sequence();
        if (log.sequences(vm, sequence).isEmpty()) {
            return true;
        }
        Optional<RemovalRecord> removal = log.removal(vm);
        long named = log.end(vm).removals();
        if (named != 0
                && removal.filter(there -> there.link().sequence() >= named).isEmpty()) {
            throw new VaultException(
                    VaultException.Kind.OUTCOME_UNKNOWN,
                    Keys.point(keys.name("vm", vm), named).value(),
                    "the newest removal record of the chain cannot be read: nobody knows whether this record counts");
        }
        if (removal.filter(there -> there.removes(sequence)).isEmpty()) {
            return true;
        }
        RemovalRecord.Removed removed = removal.get().bySequence().get(sequence);
        return removed != null && removed.head().equals(record.link().head());
    }

    /** The record as every reader will see it: what could not be read again is never committed. */
    private Slot.Linked readable(ObjectKey key, byte[] object) {
        try {
            if (object.length > VaultFormat.MAX_SEALED) {
                throw new FormatException("it has " + object.length + " bytes");
            }
            byte[] body = Sealed.POINT.open(keys, key, object, Access.WRITE);
            return RecordCodec.decode(body, PointLog.sha256(object), object.length);
        } catch (FormatException e) {
            throw new VaultException(
                    VaultException.Kind.UNSUPPORTED,
                    key.value(),
                    "the format cannot hold this point's manifest: " + e.getMessage(),
                    e);
        }
    }

    private boolean put(ObjectKey key, byte[] object) {
        try {
            return WriteOnce.put(store, key, object);
        } catch (StorageException e) {
            if (!e.kind().retryable()) {
                throw e;
            }
            throw new VaultException(
                    VaultException.Kind.OUTCOME_UNKNOWN,
                    key.value(),
                    "the store did not say whether manifest " + key + " was stored",
                    e);
        }
    }
}
