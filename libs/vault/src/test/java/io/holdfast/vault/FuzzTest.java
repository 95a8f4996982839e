package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.EveryKind.Body;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.RecordCodec;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Objects of every kind with bits flipped, cut, spliced and with huge numbers: what comes of them is an error with a kind, or right
 * bytes; never another exception, a hang, or memory without bounds.
 */
class FuzzTest {

    private static final boolean ALL = Boolean.getBoolean("holdfast.all");

    private interface Case {
        void run(Random random) throws Exception;
    }

    private static void fuzz(int cases, Case one) {
        long first = Long.getLong("holdfast.seed", System.nanoTime());
        for (long seed = first; seed < first + cases; seed++) {
            try {
                one.run(new Random(seed));
            } catch (Throwable e) {
                throw new AssertionError("failed with -Dholdfast.seed=" + seed, e);
            }
        }
    }

    @Test
    void whatIsInsideAnObjectIsDecodedOrRefused() throws Exception {
        List<Body> bodies = EveryKind.bodies();
        int[] refused = {0};
        fuzz(ALL ? 1_000_000 : 20_000, random -> {
            Body body = bodies.get(random.nextInt(bodies.size()));
            byte[] other = bodies.get(random.nextInt(bodies.size())).bytes();
            try {
                body.decode().accept(Mutation.of(body.bytes(), other, random));
            } catch (FormatException e) {
                refused[0]++;
            }
        });
        assertThat(refused[0]).as("refused").isPositive();
    }

    @Test
    void aStoredObjectThatWasChangedGivesRightBytesOrAnError() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = EveryKind.disk();
        EveryKind.fill(store, disk);
        TreeMap<String, byte[]> whole = new TreeMap<>(store.objects);
        List<String> keys = List.copyOf(whole.keySet());
        byte[] expected = disk.bytes.clone();
        fuzz(ALL ? 20_000 : 500, random -> {
            String key = keys.get(random.nextInt(keys.size()));
            byte[] other = Objects.requireNonNull(whole.get(keys.get(random.nextInt(keys.size()))));
            store.objects.clear();
            store.objects.putAll(whole);
            store.objects.put(key, Mutation.of(store.object(key), other, random));
            use(store, Optional.of(expected));
        });
    }

    @Test
    void whoHoldsTheKeysCannotCrashAReaderEither() throws Exception {
        ScriptedStore store = new ScriptedStore();
        EveryKind.fill(store, EveryKind.disk());
        TreeMap<String, byte[]> whole = new TreeMap<>(store.objects);
        List<String> points = new ArrayList<>(whole.keySet());
        points.removeIf(key -> !key.startsWith("points/"));
        try (Vault vault = Vault.open(store, Vaults.PASSPHRASE, Vaults.SMALL)) {
            KeyRing keys = vault.parts().keys();
            fuzz(ALL ? 20_000 : 500, random -> {
                ObjectKey key = new ObjectKey(points.get(random.nextInt(points.size())));
                byte[] body = Sealed.POINT.open(keys, key, Objects.requireNonNull(whole.get(key.value())), Access.READ);
                byte[] bad = Mutation.of(body, body, random);
                try {
                    RecordCodec.decode(bad, "0".repeat(64), 1000);
                } catch (FormatException e) {
                    return;
                }
                store.objects.clear();
                store.objects.putAll(whole);
                store.objects.put(key.value(), Sealed.POINT.seal(keys, new SecureRandom(), key, bad));
                use(store, Optional.empty());
            });
        }
    }

    /** Does everything that reads. */
    private static void use(ScriptedStore store, Optional<byte[]> expected) throws InterruptedException {
        try (Vault vault = Vault.open(store, Vaults.PASSPHRASE, Vaults.SMALL)) {
            for (String vm : vault.vms()) {
                List<PointManifest> points = vault.points(vm);
                assertThat(vault.checkChain(vm, Optional.empty()).vm()).isEqualTo(vm);
                for (PointManifest point : points) {
                    read(vault, point, expected);
                }
            }
            CollectReport report = vault.collect(new CollectOptions(
                    true,
                    Optional.of(Duration.ZERO),
                    true,
                    java.util.Map.of(),
                    io.holdfast.storage.MonotonicClock.system(),
                    sessions -> {}));
            assertThat(report.points()).isNotNegative();
            expected.ifPresent(bytes -> backup(vault));
        } catch (VaultException | StorageException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static void read(Vault vault, PointManifest point, Optional<byte[]> expected) {
        try {
            assertThat(vault.preflight(point).damages()).isNotNull();
            VerifyReport verified = vault.verify(point, Optional.empty(), 100, bytes -> {});
            for (PointManifest.Disk disk : point.disks()) {
                if (disk.size() <= 1 << 24) {
                    byte[] bytes = Vaults.read(vault, point, disk.key());
                    expected.filter(any -> point.job().equals("last"))
                            .ifPresent(right -> assertThat(Arrays.equals(bytes, right))
                                    .as("a restore that succeeds is right")
                                    .isTrue());
                }
            }
            assertThat(verified.damages()).as("what verify saw, restore sees").isEmpty();
        } catch (VaultException | StorageException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static void backup(Vault vault) {
        ModelDisk disk = Vaults.disk("vda", 100_000, 3);
        Optional<java.util.UUID> base = vault.newest("vm-1").map(PointManifest::id);
        try {
            PointManifest made =
                    Vaults.backup(vault, Vaults.intent("after", base), disk.freeze(Optional.empty(), Optional.empty()));
            Vaults.assertRestores(vault, made, "vda", disk.bytes);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
