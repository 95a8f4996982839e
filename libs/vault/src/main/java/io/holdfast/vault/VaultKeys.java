package io.holdfast.vault;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.VaultException.Kind;
import io.holdfast.vault.chain.WriteOnce;
import io.holdfast.vault.crypto.KeySlot;
import io.holdfast.vault.format.Keys;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The key slots of a vault: who may open it. Slots are written once like all objects; what is changed is which of them are there. Nothing
 * that is stored is written anew. Every method takes a secret that opens the vault and throws as {@link Vault#open}.
 *
 * <p>A slot that was removed opens the vault still for whoever kept a copy of it: the master key stays. After a leak only another vault
 * helps.
 */
public final class VaultKeys {

    private VaultKeys() {}

    /**
     * A way in.
     *
     * @param id 32 hexadecimal digits
     * @param keyFile whether a key file opens it, else a passphrase
     * @param used whether the caller's secret opened it
     */
    public record Slot(String id, boolean keyFile, boolean used) {}

    /** The slots that this program can use, by id. */
    public static List<Slot> list(ObjectStore store, VaultSecret secret) {
        try (VaultDoor.Unwrapped opened = VaultDoor.unwrap(store, secret)) {
            return VaultDoor.candidates(store, opened.vault()).stream()
                    .map(one -> new Slot(one.id(), one.isKeyFile(), one.id().equals(opened.slot())))
                    .sorted(java.util.Comparator.comparing(Slot::id))
                    .toList();
        }
    }

    /**
     * Lets another secret open the vault, and proves that it does; the new slot's id. CONFLICT when the vault has 64 slots, or one that
     * this secret opens already.
     */
    public static String add(ObjectStore store, VaultSecret secret, VaultSecret more, VaultOptions options) {
        try (VaultDoor.Unwrapped opened = VaultDoor.unwrap(store, secret)) {
            List<String> already = openedBy(store, more, opened);
            if (!already.isEmpty()) {
                throw new VaultException(
                        Kind.CONFLICT,
                        Keys.SLOTS,
                        "the new secret opens the vault already, by slot " + already.getFirst());
            }
            if (VaultDoor.candidates(store, opened.vault()).size() >= VaultDoor.MOST_SLOTS) {
                throw new VaultException(
                        Kind.CONFLICT,
                        Keys.SLOTS,
                        "the vault has " + VaultDoor.MOST_SLOTS + " key slots: remove one first");
            }
            SecureRandom random = new SecureRandom();
            byte[] idBytes = new byte[16];
            random.nextBytes(idBytes);
            String id = HexFormat.of().formatHex(idBytes);
            ObjectKey key = Keys.slot(id);
            byte[] slot = KeySlot.wrap(opened.master(), more, options, opened.vault(), id, random);
            if (!WriteOnce.put(store, key, slot)) {
                throw new VaultException(Kind.FOREIGN_OBJECT, key.value(), "a random key holds something else: " + key);
            }
            prove(store, key, id, more, opened);
            return id;
        }
    }

    private static void prove(
            ObjectStore store, ObjectKey key, String id, VaultSecret secret, VaultDoor.Unwrapped opened) {
        byte[] master = WriteOnce.read(store, key, KeySlot.SIZE)
                .flatMap(slot -> KeySlot.read(slot, id, opened.vault()))
                .flatMap(slot -> KeySlot.unwrap(slot, secret))
                .orElse(new byte[0]);
        boolean same = Arrays.equals(master, opened.master());
        Arrays.fill(master, (byte) 0);
        if (!same) {
            throw new VaultException(Kind.CORRUPT, key.value(), "the new key slot does not open the vault");
        }
    }

    /** Removes a slot, but never the one that the caller's secret opens: CONFLICT. MISSING when there is none of this id. */
    public static void remove(ObjectStore store, VaultSecret secret, String id) {
        try (VaultDoor.Unwrapped opened = VaultDoor.unwrap(store, secret)) {
            if (opened.slot().equals(id)) {
                throw new VaultException(
                        Kind.CONFLICT,
                        id,
                        "this slot is the one that was used to open the vault: use another to remove it");
            }
            if (VaultDoor.candidates(store, opened.vault()).stream()
                    .noneMatch(one -> one.id().equals(id))) {
                throw new VaultException(Kind.MISSING, id, "the vault has no key slot " + id);
            }
            delete(store, id, opened.slot(), opened);
        }
    }

    /** The slots that a secret opens: one that was added twice, or by a rotation that was cut off, opens several. */
    private static List<String> openedBy(ObjectStore store, VaultSecret secret, VaultDoor.Unwrapped opened) {
        VaultDoor.Work work = new VaultDoor.Work();
        return VaultDoor.candidates(store, opened.vault()).stream()
                .filter(one -> one.takes(secret))
                .peek(work::spend)
                .filter(one -> opens(one, secret))
                .map(KeySlot.Candidate::id)
                .toList();
    }

    private static boolean opens(KeySlot.Candidate slot, VaultSecret secret) {
        Optional<byte[]> master = KeySlot.unwrap(slot, secret);
        master.ifPresent(key -> Arrays.fill(key, (byte) 0));
        return master.isPresent();
    }

    /**
     * Deletes a slot, and puts it back when the one that shall stay is gone: somebody removed that with the help of this one, at the
     * same time, and nobody could open the vault any more.
     */
    private static void delete(ObjectStore store, String id, String staying, VaultDoor.Unwrapped opened) {
        ObjectKey key = Keys.slot(id);
        Optional<byte[]> slot = WriteOnce.read(store, key, KeySlot.SIZE);
        store.delete(key);
        boolean alone = VaultDoor.candidates(store, opened.vault()).stream()
                .noneMatch(one -> one.id().equals(staying));
        if (alone && slot.isPresent()) {
            WriteOnce.put(store, key, slot.get());
            throw new VaultException(
                    Kind.CONFLICT,
                    Keys.SLOTS,
                    "somebody removed slot " + staying + " at the same time: this one stays");
        }
    }

    /**
     * Puts another secret in the place of the caller's; the new slot's id. At every moment one of both opens the vault. All slots that the
     * caller's secret opens are removed. CONFLICT as {@link #add}.
     */
    public static String rotate(ObjectStore store, VaultSecret secret, VaultSecret fresh, VaultOptions options) {
        try (VaultDoor.Unwrapped opened = VaultDoor.unwrap(store, secret)) {
            List<String> old = openedBy(store, secret, opened);
            List<String> begun = openedBy(store, fresh, opened);
            if (begun.stream().anyMatch(old::contains)) {
                throw new VaultException(Kind.CONFLICT, Keys.SLOTS, "the new secret is the one that is used now");
            }
            // A rotation that was cut off has added it already.
            String id = begun.isEmpty() ? add(store, secret, fresh, options) : begun.getFirst();
            old.forEach(slot -> delete(store, slot, id, opened));
            return id;
        }
    }
}
