package io.holdfast.vault;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.VaultException.Kind;
import io.holdfast.vault.chain.WriteOnce;
import io.holdfast.vault.crypto.Header;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.KeySlot;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Creates and opens: header and key slots. */
final class VaultDoor {

    private static final int MOST_SLOTS = 64;

    private VaultDoor() {}

    /** A vault whose keys are known. */
    record Opened(UUID id, KeyRing keys) {}

    static boolean exists(ObjectStore store) {
        return WriteOnce.read(store, Keys.HEADER, Header.SIZE)
                .filter(Header::looksLikeOne)
                .isPresent();
    }

    static Opened create(ObjectStore store, Passphrase passphrase, VaultOptions options, InstantSource clock) {
        requireEmpty(store);
        SecureRandom random = new SecureRandom();
        byte[] master = new byte[32];
        byte[] slotBytes = new byte[16];
        random.nextBytes(master);
        random.nextBytes(slotBytes);
        UUID id = UUID.randomUUID();
        String slotId = HexFormat.of().formatHex(slotBytes);
        KeyRing keys = new KeyRing(master, id);
        byte[] slot = KeySlot.wrap(master, passphrase, options, id, slotId, random);
        Arrays.fill(master, (byte) 0);
        putOrExists(store, Keys.slot(slotId), slot);
        putOrExists(store, Keys.HEADER, Header.write(id, clock.instant(), keys));
        return new Opened(id, keys);
    }

    static Opened open(ObjectStore store, Passphrase passphrase) {
        byte[] header = WriteOnce.read(store, Keys.HEADER, Header.SIZE)
                .orElseThrow(() -> new VaultException(
                        Kind.NOT_A_VAULT, Keys.HEADER.value(), "there is no vault at " + store.describe()));
        UUID id;
        try {
            id = Header.read(header);
        } catch (FormatException e) {
            throw Header.looksLikeOne(header)
                    ? corrupt(Keys.HEADER, e)
                    : new VaultException(Kind.NOT_A_VAULT, Keys.HEADER.value(), "not a vault: " + store.describe(), e);
        }
        byte[] master = unwrap(store, passphrase, id);
        KeyRing keys = new KeyRing(master, id);
        Arrays.fill(master, (byte) 0);
        try {
            Header.authenticate(header, keys);
        } catch (FormatException e) {
            keys.close();
            throw corrupt(Keys.HEADER, e);
        }
        return new Opened(id, keys);
    }

    private static byte[] unwrap(ObjectStore store, Passphrase passphrase, UUID id) {
        @Nullable VaultException damage = null;
        boolean any = false;
        for (ObjectKey key : slots(store)) {
            String slotId = key.value().substring(Keys.SLOTS.length());
            try {
                Optional<byte[]> slot = WriteOnce.read(store, key, KeySlot.SIZE);
                if (slot.isPresent()) {
                    Optional<byte[]> master = KeySlot.unwrap(slot.get(), slotId, passphrase, id);
                    if (master.isPresent()) {
                        return master.get();
                    }
                    any = true;
                }
            } catch (FormatException e) {
                damage = corrupt(key, e);
            }
        }
        if (damage != null) {
            throw damage;
        }
        throw any
                ? new VaultException(Kind.WRONG_PASSPHRASE, null, "no key slot opens with this passphrase")
                : new VaultException(Kind.MISSING, Keys.SLOTS, "the vault has no key slot");
    }

    private static List<ObjectKey> slots(ObjectStore store) {
        try (Stream<ObjectInfo> listed = store.list(Keys.SLOTS)) {
            return listed.map(ObjectInfo::key).limit(MOST_SLOTS).toList();
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
    }

    private static boolean isSlot(ObjectStore store, ObjectKey key) {
        if (!key.value().startsWith(Keys.SLOTS)) {
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
