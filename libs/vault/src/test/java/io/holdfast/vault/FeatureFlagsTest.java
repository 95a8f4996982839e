package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.ObjectKey;
import io.holdfast.vault.VaultException.Kind;
import io.holdfast.vault.crypto.Aead;
import io.holdfast.vault.crypto.Header;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.KeySlot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Objects of a newer program: a reader ignores what is compatible, a writer refuses it. */
class FeatureFlagsTest {

    private static final int COMPATIBLE = 16;

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED));
    }

    /** Rewrites the header as somebody with the vault's keys would. */
    private static void setHeader(ScriptedStore store, KeyRing keys, int at, int value) {
        byte[] header = store.object("vault");
        ByteBuffer.wrap(header).putInt(at, value);
        System.arraycopy(KeySlot.sha256(Arrays.copyOf(header, 64)), 0, header, 64, 32);
        System.arraycopy(keys.headerMac(Arrays.copyOf(header, 96)), 0, header, 96, 32);
        store.objects.put("vault", header);
        assertThat(header).hasSize(Header.SIZE);
    }

    @Test
    void aVaultWithAnUnknownCompatibleFeatureIsReadAndNotWritten() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 18, 1);
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", disk);
            setHeader(store, vault.parts().keys(), COMPATIBLE, 4);
        }
        try (Vault vault = Vault.open(store, Vaults.PASSPHRASE, Vaults.SMALL)) {
            Vaults.assertRestores(vault, vault.points("vm-1").getFirst(), "vda", disk.bytes);
            refused(() -> vault.begin(Vaults.intent("two", Optional.empty())));
        }
    }

    @Test
    void aVaultOfAnotherVersionOrWithAnUnknownIncompatibleFeatureIsNotOpened() {
        ScriptedStore store = new ScriptedStore();
        try (Vault vault = Vaults.create(store)) {
            KeyRing keys = vault.parts().keys();
            byte[] good = store.object("vault");
            setHeader(store, keys, 12, 1);
            refused(() -> Vault.open(store, Vaults.PASSPHRASE));
            store.objects.put("vault", good);
            setHeader(store, keys, 8, 1 << 16);
            refused(() -> Vault.open(store, Vaults.PASSPHRASE));
        }
    }

    @Test
    void aFlippedBitInAManifestsVersionIsDamageAndDoesNotStopTheNextBackup() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 18, 2);
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", disk);
            String key = store.objects.ceilingKey("points/");
            byte[] bad = store.object(key);
            bad[9] ^= (byte) 1;
            store.objects.put(key, bad);
            PointManifest two = Vaults.full(vault, "two", disk);
            assertThat(two.sequence()).isEqualTo(2);
            assertThat(two.skipped()).hasSize(1);
        }
    }

    @Test
    void sessionsAndJournalsThatCannotBeReadArePassedOver() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = new ModelDisk("vda", 8 << 20);
        byte[] noise = new byte[8 << 20];
        new Random(3).nextBytes(noise);
        disk.fill(0, 8 << 10, noise, new Random(3));
        DiskSource source = disk.freeze(Optional.empty(), Optional.empty());
        try (Vault vault = Vaults.create(store)) {
            store.after = (request, key) -> {
                if (key.startsWith("journal/")) {
                    store.failFrom(0);
                }
            };
            assertThatThrownBy(() -> Vaults.backup(vault, Vaults.intent("job", Optional.empty()), source))
                    .isInstanceOf(RuntimeException.class);
            store.heal();
            for (String kind : new String[] {"sessions/", "journal/"}) {
                String key = store.objects.ceilingKey(kind);
                assertThat(key).startsWith(kind);
                store.objects.put(key, newer(vault.parts().keys(), key, kind));
            }
            PointManifest point = Vaults.backup(vault, Vaults.intent("job", Optional.empty()), source);
            Vaults.assertRestores(vault, point, "vda", disk.bytes);
        }
    }

    /** A sealed object that authenticates and says that it needs a feature of the future. */
    private static byte[] newer(KeyRing keys, String key, String kind) {
        byte[] magic = (kind.equals("sessions/") ? "HFSESSN0" : "HFJOURN0").getBytes(StandardCharsets.US_ASCII);
        byte[] head = new byte[64];
        System.arraycopy(magic, 0, head, 0, 8);
        head[15] = 64;
        byte[] name = new ObjectKey(key).value().getBytes(StandardCharsets.UTF_8);
        byte[] aad = ByteBuffer.allocate(64 + 16 + name.length)
                .put(head)
                .put(keys.vaultId())
                .put(name)
                .array();
        byte[] sealed = Aead.seal(keys.objectKey(magic, new byte[32]), new byte[12], aad, new byte[0]);
        return ByteBuffer.allocate(64 + sealed.length).put(head).put(sealed).array();
    }
}
