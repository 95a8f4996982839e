package io.holdfast.vault.session;

import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.SessionRecord;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/**
 * Shows that a session lives, by a small object now and then: a collection waits for a session that lives, and declares one dead of
 * which it hears nothing. Closing stops it.
 */
public final class Beats implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Beats.class.getName());

    /** A collection is patient for several of these. */
    public static final Duration EVERY = Duration.ofMinutes(3);

    private final Thread thread;

    /** Begins at once; the first beat comes after one interval. */
    public Beats(ObjectStore store, KeyRing keys, SecureRandom random, SessionRecord session, MonotonicClock clock) {
        thread = Thread.ofVirtual().name("vault-beat").start(() -> {
            try {
                while (true) {
                    clock.pause(EVERY);
                    beat(store, keys, random, session);
                }
            } catch (InterruptedException e) {
                // The session is over.
            }
        });
    }

    private static void beat(ObjectStore store, KeyRing keys, SecureRandom random, SessionRecord session) {
        byte[] id = new byte[16];
        random.nextBytes(id);
        ObjectKey key =
                new ObjectKey(Keys.beats(session.hexId()) + HexFormat.of().formatHex(id));
        byte[] body = new ByteWriter(16).uuid(session.id()).toByteArray();
        try {
            store.putIfAbsent(key, Sealed.BEAT.seal(keys, random, key, body));
        } catch (RuntimeException e) {
            // One that is missing does no harm; a store that is down shows elsewhere.
            LOG.log(System.Logger.Level.DEBUG, "a beat could not be stored: {0}", e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
