package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An attempt that goes on after one that died, from sessions and journals that somebody damaged, cut, swapped or removed. */
class LyingJournalTest {

    @Test
    void whateverSessionsAndJournalsHoldTheNextAttemptMakesTheRightPoint() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        Random random = new Random(seed);
        int cases = Boolean.getBoolean("holdfast.all") ? 2_000 : 80;
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = new ModelDisk("vda", 6 << 20);
        byte[] noise = new byte[6 << 20];
        random.nextBytes(noise);
        disk.fill(0, noise.length / ModelDisk.UNIT, noise, random);
        try (Vault vault = Vaults.create(store)) {
            PointManifest full = Vaults.full(vault, "full", disk);
            for (int i = 0; i < 400; i++) {
                disk.mutate(random);
            }
            // Whatever the mutations were: enough for several packs, and a journal after each.
            int tail = (4 << 20) / ModelDisk.UNIT;
            random.nextBytes(noise);
            disk.discard(tail, noise.length / ModelDisk.UNIT);
            disk.fill(tail, noise.length / ModelDisk.UNIT, noise, random);
            DiskSource source = disk.freeze(Optional.of(disk.takeChanged()), Optional.of(full.id()));
            BackupIntent intent = Vaults.intent("next", Optional.of(full.id()));
            int[] journals = {0};
            store.after = (request, key) -> {
                if (request.equals("put") && key.startsWith("journal/") && ++journals[0] == 2) {
                    store.failFrom(0);
                }
            };
            assertThatThrownBy(() -> Vaults.backup(vault, intent, source)).isInstanceOf(RuntimeException.class);
            store.heal();
            Map<String, byte[]> died = Map.copyOf(store.objects);
            List<String> keys = died.keySet().stream()
                    .filter(key -> key.startsWith("journal/") || key.startsWith("sessions/"))
                    .sorted()
                    .toList();
            assertThat(keys).hasSizeGreaterThan(3);
            for (int i = 0; i < cases; i++) {
                store.objects.clear();
                store.objects.putAll(died);
                harm(store, keys.get(random.nextInt(keys.size())), keys, random);
                PointManifest next = Vaults.backup(vault, intent, source);
                assertThat(vault.points("vm-1")).as("seed %d, case %d", seed, i).hasSize(2);
                Vaults.assertRestores(vault, next, "vda", disk.bytes);
            }
        }
    }

    @Test
    void packsThatTheStoreLostAfterItAcknowledgedThemAreStoredAgain() throws Exception {
        byte[] noise = new byte[8 << 20];
        new Random(9).nextBytes(noise);
        ModelDisk one = new ModelDisk("vda", 2 << 20);
        ModelDisk two = new ModelDisk("vdb", 8 << 20);
        one.fill(0, (2 << 20) / ModelDisk.UNIT, noise, new Random(1));
        two.fill(0, (8 << 20) / ModelDisk.UNIT, noise, new Random(2));
        DiskSource first = one.freeze(Optional.empty(), Optional.empty());
        DiskSource second = two.freeze(Optional.empty(), Optional.empty());
        BackupIntent intent = Vaults.intent("job", Optional.empty());
        ScriptedStore store = new ScriptedStore();
        try (Vault vault = Vaults.create(store)) {
            int[] journals = {0};
            List<String> packs = new ArrayList<>();
            store.after = (request, key) -> {
                if (request.equals("put") && key.startsWith("packs/")) {
                    synchronized (packs) {
                        packs.add(key);
                    }
                }
                if (request.equals("put") && key.startsWith("journal/") && ++journals[0] == 12) {
                    store.failFrom(0);
                }
            };
            assertThatThrownBy(() -> Vaults.backup(vault, intent, first, second))
                    .isInstanceOf(RuntimeException.class);
            store.heal();
            Map<String, byte[]> died = Map.copyOf(store.objects);
            for (int lost = 0; lost < packs.size(); lost++) {
                store.objects.clear();
                store.objects.putAll(died);
                store.objects.remove(packs.get(lost));
                PointManifest point = Vaults.backup(vault, intent, first, second);
                assertThat(vault.preflight(point).damages())
                        .as("pack %d of %d", lost, packs.size())
                        .isEmpty();
                Vaults.assertRestores(vault, point, "vda", one.bytes);
                Vaults.assertRestores(vault, point, "vdb", two.bytes);
            }
        }
    }

    @Test
    void whatWasStoredBeforeALostPackIsNotReadAgain() throws Exception {
        byte[] noise = new byte[8 << 20];
        new Random(9).nextBytes(noise);
        ModelDisk disk = new ModelDisk("vda", 8 << 20);
        disk.fill(0, (8 << 20) / ModelDisk.UNIT, noise, new Random(1));
        DiskSource source = disk.freeze(Optional.empty(), Optional.empty());
        BackupIntent intent = Vaults.intent("job", Optional.empty());
        ScriptedStore store = new ScriptedStore();
        try (Vault vault = Vaults.create(store)) {
            int[] journals = {0};
            List<String> packs = Collections.synchronizedList(new ArrayList<>());
            store.after = (request, key) -> {
                if (request.equals("put") && key.startsWith("packs/")) {
                    packs.add(key);
                }
                if (request.equals("put") && key.startsWith("journal/") && ++journals[0] == 10) {
                    store.failFrom(0);
                }
            };
            assertThatThrownBy(() -> Vaults.backup(vault, intent, source)).isInstanceOf(RuntimeException.class);
            store.heal();
            int before = packs(store);
            store.objects.remove(packs.get(5));
            PointManifest point = Vaults.backup(vault, intent, source);
            Vaults.assertRestores(vault, point, "vda", disk.bytes);
            int all = point.disk("vda").orElseThrow().packs().size();
            assertThat(all).isGreaterThan(12);
            assertThat(packs(store) - (before - 1))
                    .as("packs stored by the second attempt, of %d", all)
                    .isBetween(all - 6, all - 3);
        }
    }

    private static int packs(ScriptedStore store) {
        return (int) store.objects.keySet().stream()
                .filter(key -> key.startsWith("packs/"))
                .count();
    }

    private static void harm(ScriptedStore store, String key, List<String> keys, Random random) {
        byte[] good = store.object(key);
        byte[] bad = good.clone();
        int at = random.nextInt(good.length);
        switch (random.nextInt(5)) {
            case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bad = Arrays.copyOf(good, at);
            case 2 -> Arrays.fill(bad, at, good.length, (byte) 0xff);
            case 3 -> bad = store.object(keys.get(random.nextInt(keys.size())));
            default -> {
                store.objects.remove(key);
                return;
            }
        }
        store.objects.put(key, bad);
    }
}
