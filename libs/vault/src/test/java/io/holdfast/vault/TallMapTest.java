package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.vault.map.MapShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Disks whose maps have several levels of inner nodes: 32 MiB for each of the lowest, 8 GiB for each of the next. */
class TallMapTest {

    private static final long[] SIZES = {
        40L << 20, (300L << 20) + 5, 7L << 30, (10L << 30) - 4096, (8L << 30) + (100L << 20)
    };

    private record Step(PointManifest point, SparseModel.Frozen disk, SortedSet<Long> changes) {}

    @Test
    void everyPointOfARandomHistoryOfALargeSparseDiskRestores() throws Exception {
        long first = Long.getLong("holdfast.seed", System.nanoTime());
        int histories = Boolean.getBoolean("holdfast.all") ? 60 : 10;
        for (long seed = first; seed < first + histories; seed++) {
            try {
                history(new Random(seed), SIZES[(int) Math.floorMod(seed, (long) SIZES.length)]);
            } catch (Throwable e) {
                throw new AssertionError("failed with -Dholdfast.seed=" + seed, e);
            }
        }
    }

    private static void history(Random random, long size) throws InterruptedException {
        ScriptedStore store = new ScriptedStore();
        SparseModel disk = new SparseModel("vda", size);
        List<Step> steps = new ArrayList<>();
        try (Vault vault = Vaults.create(store)) {
            for (int i = 0; i < 5; i++) {
                steps.add(step(vault, random, disk, steps));
            }
            for (Step step : steps) {
                verify(vault, step, random);
            }
        }
    }

    private static void verify(Vault vault, Step step, Random random) {
        assertThat(vault.preflight(step.point).damages()).isEmpty();
        step.disk.assertIn(vault.open(step.point).disk("vda"), random);
        RandomHistoryTest.counts(vault, step.point.disk("vda").orElseThrow());
    }

    private static Step step(Vault vault, Random random, SparseModel disk, List<Step> steps)
            throws InterruptedException {
        for (int i = random.nextInt(25); i >= 0; i--) {
            disk.mutate(random);
        }
        if (random.nextInt(6) == 0) {
            disk.resize(Math.max(1, disk.size() + random.nextLong(80L << 20) - (40L << 20)));
        }
        SortedSet<Long> changes = disk.takeChanged();
        SparseModel.Frozen frozen = disk.freeze();
        Optional<Step> base = steps.isEmpty() || random.nextInt(8) == 0
                ? Optional.empty()
                : Optional.of(random.nextInt(4) == 0 ? steps.get(random.nextInt(steps.size())) : steps.getLast());
        Optional<UUID> id = base.map(b -> b.point.id());
        boolean known = base.isPresent() && random.nextInt(4) > 0;
        Optional<SortedSet<Long>> since = known ? Optional.of(since(steps, base.get(), changes)) : Optional.empty();
        PointManifest point = Vaults.backup(
                vault, Vaults.intent("job-" + steps.size(), id), frozen.source(since, known ? id : Optional.empty()));
        return new Step(point, frozen, changes);
    }

    private static SortedSet<Long> since(List<Step> steps, Step base, SortedSet<Long> now) {
        SortedSet<Long> all = new TreeSet<>(now);
        steps.subList(steps.indexOf(base) + 1, steps.size()).forEach(step -> all.addAll(step.changes));
        return all;
    }

    @Test
    void aDiskThatGrowsAndShrinksAcrossALevelOfTheMapRestores() throws Exception {
        Random random = new Random(1);
        SparseModel disk = new SparseModel("vda", 31L << 20);
        List<Step> steps = new ArrayList<>();
        try (Vault vault = Vaults.create(new ScriptedStore())) {
            for (long size : new long[] {31L << 20, 32L << 20, 33L << 20, 9L << 30, 32L << 20, (32L << 20) + 1}) {
                disk.resize(size);
                for (int i = 0; i < 20; i++) {
                    disk.mutate(random);
                }
                Optional<UUID> base = steps.isEmpty()
                        ? Optional.empty()
                        : Optional.of(steps.getLast().point.id());
                SortedSet<Long> changes = disk.takeChanged();
                SparseModel.Frozen frozen = disk.freeze();
                PointManifest point = Vaults.backup(
                        vault,
                        Vaults.intent("job-" + steps.size(), base),
                        frozen.source(base.map(there -> changes), base));
                assertThat(point.disk("vda").orElseThrow().mode()).isEqualTo(PointManifest.ReadMode.FULL);
                steps.add(new Step(point, frozen, changes));
            }
            for (Step step : steps) {
                verify(vault, step, random);
            }
        }
    }

    @Test
    void anAttemptThatDiedGoesOnInTheMiddleOfATallMap() throws Exception {
        for (long size : new long[] {200L << 20, 9L << 30}) {
            assertThat(MapShape.of(size).height()).isEqualTo(size > 8L << 30 ? 3 : 2);
            for (int packsBefore = 2; packsBefore < 14; packsBefore += 3) {
                resume(size, packsBefore);
            }
        }
    }

    private static void resume(long size, int packsBefore) throws Exception {
        ScriptedStore store = new ScriptedStore();
        Random random = new Random(packsBefore);
        SparseModel disk = new SparseModel("vda", size);
        noise(disk, random);
        try (Vault vault = Vaults.create(store)) {
            PointManifest full = Vaults.backup(
                    vault,
                    Vaults.intent("full", Optional.empty()),
                    disk.freeze().source(Optional.empty(), Optional.empty()));
            disk.takeChanged();
            noise(disk, random);
            SortedSet<Long> changes = disk.takeChanged();
            SparseModel.Frozen frozen = disk.freeze();
            BackupIntent intent = Vaults.intent("next", Optional.of(full.id()));
            DiskSource source = frozen.source(Optional.of(changes), Optional.of(full.id()));
            long packs = packs(store) + packsBefore;
            store.after = (request, key) -> {
                if (packs(store) > packs) {
                    store.failFrom(0);
                }
            };
            assertThatThrownBy(() -> Vaults.backup(vault, intent, source)).isInstanceOf(RuntimeException.class);
            store.heal();
            long journals = store.objects.keySet().stream()
                    .filter(key -> key.startsWith("journal/"))
                    .count();
            assertThat(journals).as("journals to go on from").isPositive();
            PointManifest next = Vaults.backup(vault, intent, source);
            verify(vault, new Step(next, frozen, changes), random);
        }
    }

    /** About 8 MiB in runs all over the disk. */
    private static void noise(SparseModel disk, Random random) {
        long pages = disk.size() / SparseModel.PAGE;
        for (int run = 0; run < 32; run++) {
            long first = pages * run / 32 + random.nextInt(500);
            for (long page = first; page < Math.min(pages, first + 64); page++) {
                byte[] content = new byte[SparseModel.PAGE];
                random.nextBytes(content);
                disk.write(page, content);
            }
        }
    }

    private static long packs(ScriptedStore store) {
        return store.objects.keySet().stream()
                .filter(key -> key.startsWith("packs/"))
                .count();
    }
}
