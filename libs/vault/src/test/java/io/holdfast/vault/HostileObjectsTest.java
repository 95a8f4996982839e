package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.vault.ChainReport.Trouble;
import io.holdfast.vault.VaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Objects that were damaged, swapped, removed or planted. */
class HostileObjectsTest {

    private static final byte[] MARKER = "MARKER-of-the-guest-0123456789".getBytes(StandardCharsets.US_ASCII);

    private static VaultException failure(Runnable action) {
        try {
            action.run();
        } catch (VaultException e) {
            return e;
        }
        throw new AssertionError("nothing was thrown");
    }

    @Test
    void aWrongPassphraseIsToldFromADamagedSlot() {
        ScriptedStore store = new ScriptedStore();
        assertThat(Vault.exists(store)).isFalse();
        assertThat(failure(() -> Vault.open(store, Vaults.PASSPHRASE)).kind()).isEqualTo(Kind.NOT_A_VAULT);
        Vaults.create(store).close();
        assertThat(Vault.exists(store)).isTrue();
        assertThat(failure(() -> Vault.open(store, Passphrase.of("wrong"))).kind())
                .isEqualTo(Kind.WRONG_PASSPHRASE);
        assertThat(failure(() -> Vaults.create(store)).kind()).isEqualTo(Kind.EXISTS);
        String slot = store.objects.firstEntry().getKey();
        assertThat(slot).startsWith("keys/");
        for (int byteAt = 0; byteAt < 208; byteAt += 3) {
            mutate(store, slot, byteAt, () -> {
                VaultException e = failure(() -> Vault.open(store, Vaults.PASSPHRASE));
                assertThat(e.kind()).isEqualTo(Kind.CORRUPT);
                assertThat(e.object()).contains(slot);
            });
        }
        for (int byteAt = 0; byteAt < 128; byteAt++) {
            mutate(
                    store,
                    "vault",
                    byteAt,
                    () -> assertThat(failure(() -> Vault.open(store, Vaults.PASSPHRASE))
                                    .kind())
                            .isIn(Kind.CORRUPT, Kind.NOT_A_VAULT));
        }
    }

    @Test
    void aPlaceThatHoldsSomethingElseIsRefusedAndADeadCreationIsRepeated() {
        ScriptedStore other = new ScriptedStore();
        other.objects.put("holiday.jpg", new byte[10]);
        assertThat(failure(() -> Vaults.create(other)).kind()).isEqualTo(Kind.EXISTS);
        other.objects.clear();
        other.stranger = Optional.of("Documents");
        assertThat(failure(() -> Vaults.create(other)).kind()).isEqualTo(Kind.EXISTS);
        assertThat(other.objects).isEmpty();
        ScriptedStore store = new ScriptedStore();
        store.before = (request, key) -> {
            if (request.equals("put") && key.equals("vault")) {
                throw ScriptedStore.unavailable();
            }
        };
        assertThatThrownBy(() -> Vaults.create(store)).isNotInstanceOf(VaultException.class);
        store.heal();
        Vaults.create(store).close();
        Vault.open(store, Vaults.PASSPHRASE).close();
    }

    private static void mutate(ScriptedStore store, String key, int byteAt, Runnable check) {
        byte[] good = store.object(key);
        byte[] bad = good.clone();
        bad[byteAt] ^= (byte) (1 << (byteAt % 8));
        store.objects.put(key, bad);
        try {
            check.run();
        } finally {
            store.objects.put(key, good);
        }
    }

    @Test
    void mutatedObjectsAreFoundAndNamedAndNeverGiveWrongBytes() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        Random random = new Random(seed);
        int cases = Boolean.getBoolean("holdfast.all") ? 50_000 : 3_000;
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 20, 11);
        try (Vault vault = Vaults.create(store)) {
            PointManifest full = Vaults.full(vault, "full", disk);
            byte[] before = disk.bytes.clone();
            disk.mutate(random);
            PointManifest next = Vaults.incremental(vault, "incremental", full, disk);
            List<String> keys = store.objects.keySet().stream()
                    .filter(key -> key.startsWith("packs/") || key.startsWith("points/"))
                    .toList();
            int found = 0;
            for (int i = 0; i < cases; i++) {
                String key = keys.get(random.nextInt(keys.size()));
                byte[] good = store.object(key);
                store.objects.put(key, mutation(good, random, store, keys));
                found += restoresOrIsFound(vault, full, before, key, seed) ? 0 : 1;
                found += restoresOrIsFound(vault, next, disk.bytes, key, seed) ? 0 : 1;
                store.objects.put(key, good);
            }
            assertThat(found).as("mutations found").isGreaterThan(cases / 3);
        }
    }

    private static boolean restoresOrIsFound(Vault vault, PointManifest made, byte[] expected, String key, long seed) {
        EnumSet<Kind> known = EnumSet.of(Kind.CORRUPT, Kind.MISSING, Kind.UNSUPPORTED);
        try {
            PointManifest point = vault.point(made.id(), "vm-1").orElseThrow();
            vault.preflight(point)
                    .damages()
                    .forEach(damage -> assertThat(damage.object()).isEqualTo(key));
            byte[] bytes = Vaults.read(vault, point, "vda");
            assertThat(Arrays.equals(bytes, expected))
                    .as("wrong bytes, seed %d", seed)
                    .isTrue();
            return true;
        } catch (VaultException e) {
            assertThat(e.kind()).isIn(known);
            assertThat(e.object()).contains(key);
            return false;
        }
    }

    private static byte[] mutation(byte[] good, Random random, ScriptedStore store, List<String> keys) {
        byte[] bad = good.clone();
        int at = random.nextInt(good.length);
        switch (random.nextInt(6)) {
            case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bad[good.length - 1 - random.nextInt(Math.min(good.length, 200))] ^= (byte) 0x80;
            case 2 -> bad = Arrays.copyOf(good, at);
            case 3 -> Arrays.fill(bad, at, Math.min(good.length, at + 40), (byte) 0xff);
            case 4 -> System.arraycopy(good, 0, bad, at, Math.min(good.length - at, 100));
            default -> bad = store.object(keys.get(random.nextInt(keys.size())));
        }
        return bad;
    }

    @Test
    void aMissingOrCutPackIsToldByPreflightAndNamedWithTheDisksRange() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 20, 12);
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "full", disk);
            String pack = store.objects.ceilingKey("packs/");
            byte[] good = store.object(pack);
            store.objects.remove(pack);
            assertThat(vault.preflight(point).damages().getFirst().kind()).isEqualTo(Kind.MISSING);
            store.objects.put(pack, Arrays.copyOf(good, good.length - 1));
            assertThat(vault.preflight(point).damages().getFirst().object()).isEqualTo(pack);
            VaultException e = failure(() -> Vaults.read(vault, point, "vda"));
            assertThat(e.kind()).isEqualTo(Kind.CORRUPT);
            assertThat(e.disk()).contains("vda");
            assertThat(e.range()).isPresent();
        }
    }

    @Test
    void aForeignObjectOnTheNextManifestKeyIsSkippedRecordedAndKept() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 20, 13);
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", disk);
            String key = store.objects.ceilingKey("points/");
            String next = key.substring(0, key.length() - 1) + '2';
            byte[] planted = store.object(key);
            store.objects.put(next, planted);
            store.objects.put(key.substring(0, key.length() - 16) + "7fffffffffffffff", new byte[3]);
            assertThat(vault.checkChain("vm-1", Optional.empty()).findings())
                    .extracting(ChainReport.Finding::trouble)
                    .containsExactly(Trouble.FOREIGN, Trouble.FOREIGN);
            PointManifest three = Vaults.full(vault, "three", disk);
            assertThat(three.sequence()).isEqualTo(3);
            assertThat(three.previous()).contains(one.head());
            assertThat(three.skipped()).extracting(ChainHead::sequence).containsExactly(2L);
            assertThat(three.notes()).anyMatch(note -> note.contains("foreign"));
            assertThat(store.objects.get(next)).isEqualTo(planted);
            assertThat(vault.checkChain("vm-1", Optional.of(three.head())).findings())
                    .extracting(ChainReport.Finding::trouble)
                    .containsExactly(Trouble.FOREIGN_SKIPPED, Trouble.FOREIGN);
            assertThat(vault.points("vm-1")).hasSize(2);
        }
    }

    @Test
    void removalReplacementAndRollBackOfAChainAreSeen() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 20, 14);
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", disk);
            ChainHead head = one.head();
            for (String job : List.of("two", "three", "four")) {
                head = Vaults.full(vault, job, disk).head();
            }
            Map<String, byte[]> all = Map.copyOf(store.objects);
            String first = store.objects.ceilingKey("points/");
            String second = first.substring(0, first.length() - 1) + '2';
            String fourth = first.substring(0, first.length() - 1) + '4';
            store.objects.remove(second);
            assertThat(troubles(vault, Optional.of(head))).containsExactly(Trouble.REMOVED);
            Vaults.assertRestores(vault, vault.points("vm-1").getLast(), "vda", disk.bytes);
            store.objects.putAll(all);
            store.objects.remove(fourth);
            assertThat(troubles(vault, Optional.of(head))).containsExactly(Trouble.ROLLED_BACK);
            ChainReport unknowing = vault.checkChain("vm-1", Optional.empty());
            assertThat(unknowing.intact()).isTrue();
            assertThat(unknowing.headCompared()).isFalse();
            store.objects.putAll(all);
            // Another history from the same first point, written with the vault's own keys, is spliced in.
            store.objects.keySet().removeIf(key -> key.startsWith("points/") && !key.equals(first));
            Vaults.full(vault, "other two", disk);
            byte[] other = store.object(second);
            store.objects.putAll(all);
            store.objects.put(second, other);
            assertThat(troubles(vault, Optional.of(head))).containsExactly(Trouble.REPLACED);
        }
    }

    private static List<Trouble> troubles(Vault vault, Optional<ChainHead> known) {
        return vault.checkChain("vm-1", known).findings().stream()
                .map(ChainReport.Finding::trouble)
                .toList();
    }

    @Test
    void deletingEveryOtherManifestLeavesAPointWhole() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 2 << 20, 15);
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "full", disk);
            for (int i = 0; i < 4; i++) {
                disk.mutate(new Random(i));
                point = Vaults.incremental(vault, "job-" + i, point, disk);
            }
            String last = store.objects.floorKey("points/~");
            store.objects.keySet().removeIf(key -> key.startsWith("points/") && !key.equals(last));
            assertThat(vault.points("vm-1")).containsExactly(point);
            Vaults.assertRestores(vault, point, "vda", disk.bytes);
        }
    }

    @Test
    void aBaseThatCannotBeReadSaysSo() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 2 << 20, 16);
        try (Vault vault = Vaults.create(store)) {
            PointManifest full = Vaults.full(vault, "full", disk);
            disk.mutate(new Random(1));
            store.objects.keySet().removeIf(key -> key.startsWith("points/"));
            assertThatThrownBy(() -> Vaults.incremental(vault, "another", full, disk))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BASE_NOT_USABLE));
            assertThat(vault.points("vm-1")).isEmpty();
        }
    }

    @Test
    void noObjectHoldsWhatTheGuestOrThePeopleWrote() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = new ModelDisk("disk-with-a-name", 3 << 20);
        disk.fill(0, 1500, MARKER, new Random(1));
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "full", disk);
            assertThat(vault.vms()).containsExactly("vm-1");
        }
        List<byte[]> secrets = List.of(MARKER, bytes("vm-1"), bytes("web server"), bytes("disk-with"), bytes("domain"));
        store.objects.forEach((key, object) -> {
            for (byte[] secret : secrets) {
                assertThat(indexOf(object, secret)).as(key).isEqualTo(-1);
                assertThat(key).doesNotContain(new String(secret, StandardCharsets.US_ASCII));
            }
        });
    }

    @Test
    void vmsAreListedOnceWhateverElseLiesThere() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 18, 17);
        try (Vault vault = Vaults.create(store)) {
            for (String vm : List.of("b", "a", "c", "a")) {
                BackupIntent intent = Vaults.intent(vm, "job" + store.objects.size(), Optional.empty());
                Vaults.backup(vault, intent, disk.freeze(Optional.empty(), Optional.empty()));
            }
            store.objects.put("points/stray", new byte[1]);
            store.objects.put("points/0/x/y", new byte[1]);
            assertThat(vault.vms()).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static int indexOf(byte[] object, byte[] part) {
        for (int at = 0; at + part.length <= object.length; at++) {
            if (Arrays.equals(object, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }
}
