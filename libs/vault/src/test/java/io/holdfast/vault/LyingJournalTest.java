package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
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
        ModelDisk disk = new ModelDisk("vda", 4 << 20);
        byte[] noise = new byte[4 << 20];
        random.nextBytes(noise);
        disk.fill(0, 4 << 10, noise, random);
        try (Vault vault = Vaults.create(store)) {
            PointManifest full = Vaults.full(vault, "full", disk);
            for (int i = 0; i < 400; i++) {
                disk.mutate(random);
            }
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
