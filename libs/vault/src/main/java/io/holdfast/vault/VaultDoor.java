package io.holdfast.vault;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.VaultException.Kind;
import io.holdfast.vault.chain.ReadFailure;
import io.holdfast.vault.chain.WriteOnce;
import io.holdfast.vault.crypto.Header;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.KeySlot;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Creates and opens: header and key slots. */
final class VaultDoor {

    static final int MOST_SLOTS = 64;
    /** Slots that are looked at, which costs a small read each: planted ones are not to hide the real one. */
    private static final int MOST_LISTED = 1000;
    /** Work that is spent on trying a passphrase, in KiB times iterations: 128 slots as this program writes them. */
    private static final long MOST_WORK = 128L * (64 << 10) * 3;

    private VaultDoor() {}

    /** A vault whose keys are known. */
    record Opened(UUID id, KeyRing keys, VaultFormat.Features features) {}

    static boolean exists(ObjectStore store) {
        return WriteOnce.read(store, Keys.HEADER, Header.SIZE)
                .filter(Header::looksLikeOne)
                .isPresent();
    }

    static Opened create(ObjectStore store, VaultSecret secret, VaultOptions options, InstantSource clock) {
        requireEmpty(store);
        SecureRandom random = new SecureRandom();
        byte[] master = new byte[32];
        byte[] slotBytes = new byte[16];
        random.nextBytes(master);
        random.nextBytes(slotBytes);
        UUID id = UUID.randomUUID();
        String slotId = HexFormat.of().formatHex(slotBytes);
        KeyRing keys = new KeyRing(master, id);
        byte[] slot = KeySlot.wrap(master, secret, options, id, slotId, random);
        Arrays.fill(master, (byte) 0);
        putOrExists(store, Keys.slot(slotId), slot);
        putOrExists(store, Keys.HEADER, Header.write(id, clock.instant(), keys));
        return new Opened(id, keys, new VaultFormat.Features(VaultFormat.VERSION, 0, 0));
    }

    static Opened open(ObjectStore store, VaultSecret secret) {
        try (Unwrapped opened = unwrap(store, secret)) {
            return new Opened(opened.vault, new KeyRing(opened.master, opened.vault), opened.features);
        }
    }

    /** The master key and the slot that gave it; the header is the key's own. Wiped by close. */
    @SuppressWarnings("ArrayRecordComponent")
    record Unwrapped(UUID vault, VaultFormat.Features features, String slot, byte[] master) implements AutoCloseable {
        @Override
        public void close() {
            Arrays.fill(master, (byte) 0);
        }
    }

    static Unwrapped unwrap(ObjectStore store, VaultSecret secret) {
        byte[] header = WriteOnce.read(store, Keys.HEADER, Header.SIZE)
                .orElseThrow(() -> new VaultException(
                        Kind.NOT_A_VAULT, Keys.HEADER.value(), "there is no vault at " + store.describe()));
        Header.Content content;
        try {
            content = Header.read(header);
        } catch (FormatException e) {
            throw Header.looksLikeOne(header)
                    ? corrupt(Keys.HEADER, e)
                    : new VaultException(Kind.NOT_A_VAULT, Keys.HEADER.value(), "not a vault: " + store.describe(), e);
        }
        Tried tried = tryAll(store, secret, content.vault());
        try (KeyRing keys = new KeyRing(tried.master, content.vault())) {
            Header.authenticate(header, keys);
        } catch (FormatException e) {
            Arrays.fill(tried.master, (byte) 0);
            throw corrupt(Keys.HEADER, e);
        }
        return new Unwrapped(content.vault(), content.features(), tried.slot, tried.master);
    }

    /** The slots of this vault that this program can use. */
    static List<KeySlot.Candidate> candidates(ObjectStore store, UUID id) {
        return readSlots(store, id).candidates;
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Tried(String slot, byte[] master) {}

    /** Tries the cheapest slots first: what a stranger planted may cost time, but neither hides nor outweighs a real one. */
    private static Tried tryAll(ObjectStore store, VaultSecret secret, UUID id) {
        Slots slots = readSlots(store, id);
        List<KeySlot.Candidate> fitting =
                slots.candidates.stream().filter(one -> one.takes(secret)).toList();
        Work work = new Work();
        for (KeySlot.Candidate candidate : fitting) {
            work.spend(candidate);
            Optional<byte[]> master = KeySlot.unwrap(candidate, secret);
            if (master.isPresent()) {
                return new Tried(candidate.id(), master.get());
            }
        }
        if (slots.damage != null) {
            throw slots.damage;
        }
        String what = secret instanceof KeyFile ? "key file" : "passphrase";
        throw slots.candidates.isEmpty()
                ? new VaultException(Kind.MISSING, Keys.SLOTS, "the vault has no key slot that this program can use")
                : new VaultException(Kind.WRONG_PASSPHRASE, null, "no key slot opens with this " + what);
    }

    /** What trying a secret may cost: what strangers planted does not set the price. */
    static final class Work {
        private long spent;

        /** Called before each try. */
        void spend(KeySlot.Candidate candidate) {
            spent += candidate.cost();
            if (spent > MOST_WORK) {
                throw new VaultException(
                        Kind.CORRUPT, Keys.SLOTS, "there are more key slots than a vault has: somebody planted some");
            }
        }
    }

    private record Slots(
            List<KeySlot.Candidate> candidates, @Nullable VaultException damage) {}

    private static Slots readSlots(ObjectStore store, UUID id) {
        @Nullable VaultException damage = null;
        List<KeySlot.Candidate> candidates = new ArrayList<>();
        for (ObjectKey key : slots(store)) {
            String slotId = key.value().substring(Keys.SLOTS.length());
            try {
                WriteOnce.read(store, key, KeySlot.SIZE)
                        .flatMap(slot -> KeySlot.read(slot, slotId, id))
                        .ifPresent(candidates::add);
            } catch (FormatException e) {
                damage = corrupt(key, e);
            } catch (StorageException e) {
                if (!ReadFailure.isOfObject(store, e)) {
                    throw e;
                }
                damage = new VaultException(Kind.CORRUPT, key.value(), key + " cannot be read: " + e.getMessage(), e);
            }
        }
        candidates.sort(Comparator.comparingLong(KeySlot.Candidate::cost));
        return new Slots(candidates, damage);
    }

    private static List<ObjectKey> slots(ObjectStore store) {
        try (Stream<ObjectInfo> listed = store.list(Keys.SLOTS)) {
            return listed.map(ObjectInfo::key)
                    .filter(Keys::isSlot)
                    .limit(MOST_LISTED)
                    .toList();
        }
    }

    /** Slots of a creation that died before its header are no obstacle. */
    private static void requireEmpty(ObjectStore store) {
        try (Stream<ObjectInfo> listed = store.list("")) {
            listed.limit(MOST_SLOTS + 1L)
                    .map(ObjectInfo::key)
                    .filter(key -> !isSlot(store, key))
                    .findFirst()
                    .ifPresent(key -> {
                        throw new VaultException(
                                Kind.EXISTS,
                                key.value(),
                                key.equals(Keys.HEADER) || exists(store)
                                        ? "there is a vault already at " + store.describe()
                                        : "not empty: " + store.describe() + " holds " + key);
                    });
        }
        store.stranger().ifPresent(name -> {
            throw new VaultException(
                    Kind.EXISTS, null, "not empty: " + store.describe() + " holds " + name + ", which is no vault's");
        });
    }

    private static boolean isSlot(ObjectStore store, ObjectKey key) {
        if (!Keys.isSlot(key)) {
            return false;
        }
        try {
            byte[] slot = WriteOnce.read(store, key, KeySlot.SIZE).orElse(new byte[0]);
            KeySlot.check(slot, key.value().substring(Keys.SLOTS.length()));
            return true;
        } catch (FormatException e) {
            return false;
        }
    }

    private static void putOrExists(ObjectStore store, ObjectKey key, byte[] object) {
        if (!WriteOnce.put(store, key, object)) {
            throw new VaultException(Kind.EXISTS, key.value(), "there is a vault already at " + store.describe());
        }
    }

    private static VaultException corrupt(ObjectKey key, FormatException cause) {
        return new VaultException(Kind.CORRUPT, key.value(), key + " is damaged: " + cause.getMessage(), cause);
    }
}
