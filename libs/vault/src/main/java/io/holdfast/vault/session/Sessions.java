package io.holdfast.vault.session;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.ReadFailure;
import io.holdfast.vault.chain.WriteOnce;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.SessionRecord;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The sessions of a vault. Thread-safe. */
public final class Sessions {

    /** A session has some hundred bytes. */
    private static final int MOST_BYTES = 1 << 16;
    /** Sessions of one job that are looked at; each attempt on another moment begins one. */
    private static final int MOST_OF_JOB = 1000;

    private final ObjectStore store;
    private final KeyRing keys;
    private final SecureRandom random;

    public Sessions(ObjectStore store, KeyRing keys, SecureRandom random) {
        this.store = store;
        this.keys = keys;
        this.random = random;
    }

    /**
     * An object where a session is.
     *
     * @param record empty when it cannot be read, or nobody with this vault's keys wrote it
     */
    public record Found(ObjectKey key, Optional<SessionRecord> record) {}

    /** All sessions of a job. */
    public List<Found> of(String vm, String job) {
        try (Stream<ObjectInfo> listed = store.list(Keys.sessions(name(vm, job)))) {
            return listed.limit(MOST_OF_JOB)
                    .map(info -> new Found(info.key(), read(info.key())))
                    .toList();
        }
    }

    /** All sessions of the vault. */
    public List<Found> all() {
        try (Stream<ObjectInfo> listed = store.list(Keys.SESSIONS)) {
            return listed.map(info -> new Found(info.key(), read(info.key()))).toList();
        }
    }

    /** Puts a session under its own key; returns the object's size. */
    public int put(SessionRecord session) {
        ObjectKey key = key(session);
        byte[] object = Sealed.SESSION.seal(keys, random, key, session.encode());
        if (!WriteOnce.put(store, key, object)) {
            throw new VaultException(
                    VaultException.Kind.FOREIGN_OBJECT, key.value(), "a random key holds something else: " + key);
        }
        return object.length;
    }

    /** Whether a session is still there, whole: a collection that declared it dead removes it. Fails when the store cannot tell. */
    public boolean exists(SessionRecord session) {
        Optional<byte[]> there = WriteOnce.read(store, key(session), MOST_BYTES);
        return there.isPresent()
                && opened(key(session), there.get()).filter(session::equals).isPresent();
    }

    private ObjectKey key(SessionRecord session) {
        return Keys.session(name(session.vm(), session.job()), session.hexId());
    }

    private String name(String vm, String job) {
        return keys.name("session", vm, job);
    }

    /** Reads a session once more: empty when nobody with this vault's keys wrote what is there. Fails when the store cannot tell. */
    public Optional<SessionRecord> again(ObjectKey key) {
        return WriteOnce.read(store, key, MOST_BYTES).flatMap(object -> opened(key, object));
    }

    private Optional<SessionRecord> read(ObjectKey key) {
        try {
            return again(key);
        } catch (StorageException e) {
            if (ReadFailure.isOfObject(store, e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<SessionRecord> opened(ObjectKey key, byte[] object) {
        try {
            return Optional.of(SessionRecord.decode(Sealed.SESSION.open(keys, key, object, Access.WRITE)))
                    .filter(session -> key.equals(key(session)));
        } catch (FormatException e) {
            return Optional.empty();
        } catch (VaultException e) {
            if (e.kind() == VaultException.Kind.UNSUPPORTED) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
