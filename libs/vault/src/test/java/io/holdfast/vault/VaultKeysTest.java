package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.vault.VaultKeys.Slot;
import io.holdfast.vault.crypto.KeySlot;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Secrets come and go; the vault and what is stored in it stay. */
class VaultKeysTest {

    private static final Passphrase NEW = Passphrase.of("another horse");
    private static final VaultOptions CHEAP = Vaults.CHEAP;

    private final ScriptedStore store = new ScriptedStore();
    private final ModelDisk disk = Vaults.disk("vda", 1 << 20, 1);

    @BeforeEach
    void aVaultWithAPoint() throws InterruptedException {
        try (Vault vault = Vaults.create(store)) {
            PointManifest _ = Vaults.full(vault, "full", disk);
        }
    }

    private static KeyFile keyFile(long seed) {
        byte[] bytes = new byte[64];
        new Random(seed).nextBytes(bytes);
        return new KeyFile(bytes);
    }

    private void opensAndRestores(VaultSecret secret) {
        try (Vault vault = Vault.open(store, secret)) {
            Vaults.assertRestores(vault, vault.points("vm-1").getFirst(), "vda", disk.bytes);
        }
    }

    private void doesNotOpen(VaultSecret secret) {
        assertThatThrownBy(() -> Vault.open(store, secret))
                .isInstanceOfSatisfying(
                        VaultException.class,
                        e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.WRONG_PASSPHRASE));
    }

    @Test
    void anAddedPassphraseAndAnAddedKeyFileOpenTheSameVault() {
        String passphrase = VaultKeys.add(store, Vaults.PASSPHRASE, NEW, CHEAP);
        String file = VaultKeys.add(store, NEW, keyFile(1), CHEAP);
        opensAndRestores(Vaults.PASSPHRASE);
        opensAndRestores(NEW);
        opensAndRestores(keyFile(1));
        doesNotOpen(keyFile(2));
        doesNotOpen(Passphrase.of("a third horse"));
        List<Slot> slots = VaultKeys.list(store, keyFile(1));
        assertThat(slots).hasSize(3);
        assertThat(slots).filteredOn(Slot::used).extracting(Slot::id).containsExactly(file);
        assertThat(slots).filteredOn(Slot::keyFile).extracting(Slot::id).containsExactly(file);
        assertThat(slots).extracting(Slot::id).contains(passphrase);
    }

    @Test
    void theSameBytesAsPassphraseAndAsKeyFileAreTwoSecrets() {
        String text = "0123456789abcdef0123456789abcdef";
        String _ = VaultKeys.add(store, Vaults.PASSPHRASE, Passphrase.of(text), CHEAP);
        opensAndRestores(Passphrase.of(text));
        doesNotOpen(new KeyFile(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Test
    void aSlotIsRemovedByAnotherAndNeverByItself() {
        String added = VaultKeys.add(store, Vaults.PASSPHRASE, NEW, CHEAP);
        assertThatThrownBy(() -> VaultKeys.remove(store, NEW, added))
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.CONFLICT));
        assertThatThrownBy(() -> VaultKeys.remove(store, NEW, "0".repeat(32)))
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.MISSING));
        assertThatThrownBy(() -> VaultKeys.remove(store, Passphrase.of("a stranger's"), added))
                .isInstanceOf(VaultException.class);
        opensAndRestores(NEW);
        VaultKeys.remove(store, Vaults.PASSPHRASE, added);
        doesNotOpen(NEW);
        opensAndRestores(Vaults.PASSPHRASE);
    }

    @Test
    void aRotationRewritesNothingButSlots() {
        List<String> before = store.objects.keySet().stream()
                .filter(key -> !key.startsWith("keys/"))
                .toList();
        byte[][] bytes = before.stream().map(store::object).toArray(byte[][]::new);
        String _ = VaultKeys.rotate(store, Vaults.PASSPHRASE, NEW, CHEAP);
        doesNotOpen(Vaults.PASSPHRASE);
        opensAndRestores(NEW);
        assertThat(VaultKeys.list(store, NEW)).hasSize(1);
        assertThat(store.objects.keySet().stream().filter(key -> !key.startsWith("keys/")))
                .containsExactlyElementsOf(before);
        for (int i = 0; i < bytes.length; i++) {
            assertThat(store.object(before.get(i))).isEqualTo(bytes[i]);
        }
    }

    @Test
    void aRotationThatIsCutOffAnywhereLeavesAVaultThatOpens() {
        for (int n = 0; ; n++) {
            ScriptedStore copy = new ScriptedStore();
            copy.objects.putAll(store.objects);
            copy.failFrom(n);
            boolean cut = false;
            try {
                String _ = VaultKeys.rotate(copy, Vaults.PASSPHRASE, NEW, CHEAP);
            } catch (RuntimeException e) {
                cut = true;
            }
            copy.heal();
            assertThat(opens(copy, Vaults.PASSPHRASE) || opens(copy, NEW))
                    .as("cut off after %d requests", n)
                    .isTrue();
            if (!cut) {
                assertThat(n).isGreaterThan(5);
                return;
            }
            if (opens(copy, Vaults.PASSPHRASE)) {
                String _ = VaultKeys.rotate(copy, Vaults.PASSPHRASE, NEW, CHEAP);
            }
            assertThat(opens(copy, Vaults.PASSPHRASE))
                    .as("after it was repeated")
                    .isFalse();
            assertThat(VaultKeys.list(copy, NEW)).hasSize(1);
        }
    }

    private static boolean opens(ScriptedStore store, VaultSecret secret) {
        try {
            Vault.open(store, secret).close();
            return true;
        } catch (VaultException e) {
            return false;
        }
    }

    @Test
    void aVaultHas64SlotsAtMost() {
        for (int i = 1; i < 64; i++) {
            String _ = VaultKeys.add(store, Vaults.PASSPHRASE, keyFile(i), CHEAP);
        }
        assertThatThrownBy(() -> VaultKeys.add(store, Vaults.PASSPHRASE, keyFile(64), CHEAP))
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.CONFLICT));
        opensAndRestores(keyFile(63));
    }

    @Test
    void twoWhoRemoveEachOthersSlotDoNotLockEverybodyOut() {
        String first = VaultKeys.list(store, Vaults.PASSPHRASE).getFirst().id();
        String second = VaultKeys.add(store, Vaults.PASSPHRASE, NEW, CHEAP);
        boolean[] once = {false};
        ScriptedStore mine = new ScriptedStore(store.objects);
        mine.before = (request, key) -> {
            if (request.equals("delete") && !once[0]) {
                once[0] = true;
                VaultKeys.remove(store, NEW, first);
            }
        };
        assertThatThrownBy(() -> VaultKeys.remove(mine, Vaults.PASSPHRASE, second))
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.CONFLICT));
        opensAndRestores(NEW);
    }

    @Test
    void aSecretIsAddedOnceAndARotationLeavesNoneOfTheOldOne() {
        String _ = VaultKeys.add(store, Vaults.PASSPHRASE, NEW, CHEAP);
        for (VaultSecret again : List.of(NEW, Vaults.PASSPHRASE)) {
            assertThatThrownBy(() -> VaultKeys.add(store, Vaults.PASSPHRASE, again, CHEAP))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.CONFLICT));
        }
        assertThatThrownBy(() -> VaultKeys.rotate(store, Vaults.PASSPHRASE, Vaults.PASSPHRASE, CHEAP))
                .isInstanceOf(VaultException.class);
        // An older program added the same secret twice.
        String id = "ab".repeat(16);
        try (VaultDoor.Unwrapped opened = VaultDoor.unwrap(store, Vaults.PASSPHRASE)) {
            byte[] twice =
                    KeySlot.wrap(opened.master(), Vaults.PASSPHRASE, CHEAP, opened.vault(), id, new SecureRandom());
            store.objects.put("keys/" + id, twice);
        }
        String _ = VaultKeys.rotate(store, Vaults.PASSPHRASE, keyFile(7), CHEAP);
        doesNotOpen(Vaults.PASSPHRASE);
        opensAndRestores(keyFile(7));
        opensAndRestores(NEW);
    }

    @Test
    void aKeyFileIsNeitherShortNorEndless() {
        assertThatThrownBy(() -> new KeyFile(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeyFile(new byte[(64 << 10) + 1])).isInstanceOf(IllegalArgumentException.class);
        KeyFile file = keyFile(5);
        assertThat(file.toString()).isEqualTo("KeyFile");
        byte[] bytes = file.bytes();
        file.close();
        assertThat(Arrays.equals(file.bytes(), bytes)).isFalse();
    }
}
