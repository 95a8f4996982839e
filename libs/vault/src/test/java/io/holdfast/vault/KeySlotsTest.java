package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.vault.crypto.KeySlot;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Key slots that a stranger planted beside the real one. */
class KeySlotsTest {

    private static String id(int number) {
        return String.format("%032x", number);
    }

    private static byte[] slot(UUID vault, String id, VaultOptions work) {
        return KeySlot.wrap(new byte[32], Passphrase.of("a stranger's"), work, vault, id, new SecureRandom());
    }

    private static byte[] changed(byte[] slot, int at, int value) {
        byte[] other = slot.clone();
        ByteBuffer.wrap(other).putInt(at, value);
        System.arraycopy(KeySlot.sha256(Arrays.copyOf(other, 176)), 0, other, 176, 32);
        return other;
    }

    @Test
    void plantedSlotsNeitherHideTheRealOneNorCostTheirWork() {
        ScriptedStore store = new ScriptedStore();
        UUID vault;
        try (Vault made = Vaults.create(store)) {
            vault = UUID.fromString(made.id());
        }
        // The cheapest work that is allowed, so that the test may plant many; then the most that is.
        byte[] cheap = slot(vault, id(0), Vaults.CHEAP);
        for (int i = 0; i < 300; i++) {
            byte[] unknownKind = changed(cheap, 8, 7);
            System.arraycopy(HexFormat.of().parseHex(id(i)), 0, unknownKind, 28, 16);
            store.objects.put("keys/" + id(i), changed(unknownKind, 8, 7));
        }
        for (int i = 300; i < 400; i++) {
            byte[] costly = cheap.clone();
            System.arraycopy(HexFormat.of().parseHex(id(i)), 0, costly, 28, 16);
            costly = changed(costly, 44, 256 << 10);
            store.objects.put("keys/" + id(i), changed(costly, 48, 16));
        }
        long began = System.nanoTime();
        Vault.open(store, Vaults.PASSPHRASE).close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void namesBelowTheSlotsThatAreNoSlotsArePassedOver() {
        ScriptedStore store = new ScriptedStore();
        Vaults.create(store).close();
        String key = store.objects.ceilingKey("keys/");
        store.objects.put(key + "-" + UUID.randomUUID(), store.object(key));
        Vault.open(store, Vaults.PASSPHRASE).close();
        assertThatThrownBy(() -> Vault.open(store, Passphrase.of("another")))
                .isInstanceOfSatisfying(
                        VaultException.class,
                        e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.WRONG_PASSPHRASE));
    }

    @Test
    void aVaultWhoseOnlySlotIsOfAnUnknownKindSaysThatItHasNoneToUse() {
        ScriptedStore store = new ScriptedStore();
        Vaults.create(store).close();
        String key = store.objects.ceilingKey("keys/");
        store.objects.put(key, changed(store.object(key), 8, 9));
        assertThatThrownBy(() -> Vault.open(store, Vaults.PASSPHRASE)).hasMessageContaining("no key slot");
    }
}
