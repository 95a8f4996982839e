package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.vault.PointManifest.Disk;
import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.map.Location;
import io.holdfast.vault.map.MapNode;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.map.MapShape;
import io.holdfast.vault.pack.FrameStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Random histories of writes, zeros and discards against a plain copy of each disk. */
class RandomHistoryTest {

    /** A committed point and what its disks held; changes of each disk in the step that led to it. */
    private record Step(PointManifest point, Map<String, byte[]> disks, Map<String, BitSet> changes) {}

    @Test
    void everyPointOfARandomHistoryRestoresByteForByte() throws Exception {
        long first = Long.getLong("holdfast.seed", System.nanoTime());
        int histories = Boolean.getBoolean("holdfast.all") ? 200 : 40;
        for (long seed = first; seed < first + histories; seed++) {
            try {
                history(new Random(seed));
            } catch (Throwable e) {
                throw new AssertionError("failed with -Dholdfast.seed=" + seed, e);
            }
        }
    }

    private static void history(Random random) throws InterruptedException {
        ScriptedStore store = new ScriptedStore();
        List<ModelDisk> disks = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            disks.add(new ModelDisk("disk" + i, 1 + random.nextInt(3 << 20)));
        }
        List<Step> steps = new ArrayList<>();
        try (Vault vault = Vaults.create(store)) {
            for (int i = 0; i < 2 + random.nextInt(6); i++) {
                steps.add(step(vault, random, disks, steps));
            }
            verify(vault, random, steps);
        }
        try (Vault again = Vault.open(store, Vaults.PASSPHRASE, Vaults.SMALL)) {
            assertThat(again.points("vm-1"))
                    .isEqualTo(steps.stream().map(Step::point).toList());
            verify(again, random, steps);
            assertThat(again.checkChain(
                                    "vm-1", Optional.of(steps.getLast().point.head()))
                            .findings())
                    .isEmpty();
        }
    }

    private static Step step(Vault vault, Random random, List<ModelDisk> disks, List<Step> steps)
            throws InterruptedException {
        Map<String, byte[]> contents = new HashMap<>();
        Map<String, BitSet> changes = new HashMap<>();
        Optional<Step> base = steps.isEmpty() || random.nextInt(6) == 0
                ? Optional.empty()
                : Optional.of(random.nextInt(4) == 0 ? steps.get(random.nextInt(steps.size())) : steps.getLast());
        List<DiskSource> sources = new ArrayList<>();
        for (ModelDisk disk : disks) {
            for (int i = random.nextInt(30); i > 0; i--) {
                disk.mutate(random);
            }
            if (random.nextInt(12) == 0) {
                disk.resize(Math.max(1, disk.bytes.length + random.nextInt(1 << 20) - (1 << 19)));
            }
            if (random.nextInt(12) == 0) {
                loseTail(disk, random);
            }
            changes.put(disk.key, disk.takeChanged());
            contents.put(disk.key, disk.bytes.clone());
            boolean changesKnown = base.isPresent() && random.nextInt(5) > 0;
            Optional<BitSet> since = changesKnown
                    ? Optional.of(since(steps, base.get(), disk.key, changes.get(disk.key)))
                    : Optional.empty();
            sources.add(disk.freeze(since, changesKnown ? base.map(b -> b.point.id()) : Optional.empty()));
        }
        String job = "job-" + steps.size();
        PointManifest point = Vaults.backup(
                vault, Vaults.intent(job, base.map(b -> b.point.id())), sources.toArray(DiskSource[]::new));
        return new Step(point, contents, changes);
    }

    /** Shrunk and grown again by somebody else: no bitmap says so. */
    private static void loseTail(ModelDisk disk, Random random) {
        int size = disk.bytes.length;
        disk.resize(1 + random.nextInt(size));
        disk.resize(size);
    }

    private static BitSet since(List<Step> steps, Step base, String key, BitSet now) {
        BitSet all = (BitSet) now.clone();
        steps.subList(steps.indexOf(base) + 1, steps.size())
                .forEach(step -> all.or(step.changes.getOrDefault(key, new BitSet())));
        return all;
    }

    private static void verify(Vault vault, Random random, List<Step> steps) {
        for (Step step : steps) {
            assertThat(vault.preflight(step.point).damages()).isEmpty();
            PointReader reader = vault.open(step.point);
            step.disks.forEach((key, expected) -> {
                DiskReader disk = reader.disk(key);
                assertThat(disk.size()).isEqualTo(expected.length);
                compare(disk, 0, expected.length, expected);
                for (int i = 0; i < 5; i++) {
                    int from = random.nextInt(expected.length);
                    compare(disk, from, random.nextInt(expected.length - from + 1), expected);
                }
                allocation(disk, random, expected);
                counts(vault, step.point.disk(key).orElseThrow());
            });
        }
    }

    private static void compare(DiskReader disk, int from, int length, byte[] expected) {
        byte[] bytes = new byte[length];
        disk.read(from, ByteBuffer.wrap(bytes));
        int difference = Arrays.mismatch(bytes, 0, length, expected, from, from + length);
        assertThat(difference).as("first difference after %d", from).isEqualTo(-1);
    }

    private static void allocation(DiskReader disk, Random random, byte[] expected) {
        int from = random.nextInt(expected.length);
        int end = from + random.nextInt(expected.length - from) + 1;
        int at = from;
        for (Range range : disk.allocated(from, end - from)) {
            assertThat(range.offset()).isGreaterThanOrEqualTo(at);
            zeros(expected, at, (int) range.offset());
            at = (int) range.end();
        }
        assertThat(at).isLessThanOrEqualTo(end);
        zeros(expected, at, end);
    }

    private static void zeros(byte[] expected, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(expected[i]).isZero();
        }
    }

    /** The pack table tells exactly what the map holds. */
    static void counts(Vault vault, Disk disk) {
        MapReader map = new MapReader(
                new FrameStore(vault.parts().store(), vault.parts().keys(), Access.READ, 4 << 20), disk);
        MapShape shape = MapShape.of(disk.size());
        Map<Long, long[]> counted = new TreeMap<>();
        for (int level = shape.height(); level >= 0; level--) {
            long nodes = level == shape.height() ? 1 : ((shape.leaves() - 1) >> (level * 8)) + 1;
            for (long index = 0; index < nodes; index++) {
                count(counted, map.location(level, index), 1);
            }
        }
        for (long index = 0; index < shape.leaves(); index++) {
            MapNode.Leaf leaf = map.leaf(index);
            if (leaf != null) {
                Arrays.stream(leaf.locations()).forEach(location -> count(counted, location, 0));
            }
        }
        Map<Long, long[]> listed = new TreeMap<>();
        for (PackUse pack : disk.packs()) {
            listed.put(pack.number(), new long[] {pack.blocks(), pack.nodes()});
        }
        assertThat(listed.keySet()).isEqualTo(counted.keySet());
        listed.forEach((number, uses) -> assertThat(uses).isEqualTo(counted.get(number)));
    }

    private static void count(Map<Long, long[]> counted, long location, int what) {
        if (location != Location.NONE) {
            counted.computeIfAbsent(Location.pack(location), number -> new long[2])[what]++;
        }
    }

    @Test
    void zeroedAndDiscardedRangesReplaceData() throws Exception {
        ModelDisk disk = new ModelDisk("vda", (1 << 20) + 100);
        disk.fill(0, 1025, new byte[] {7}, new Random(1));
        try (Vault vault = Vaults.create(new ScriptedStore())) {
            PointManifest full = Vaults.full(vault, "full", disk);
            disk.discard(8, 400);
            PointManifest discarded = Vaults.incremental(vault, "discarded", full, disk);
            Vaults.assertRestores(vault, discarded, "vda", disk.bytes);
            assertThat(discarded.disk("vda").orElseThrow().readBytes()).isZero();
            disk.discard(0, 1025);
            PointManifest nothing = Vaults.incremental(vault, "nothing", discarded, disk);
            Vaults.assertRestores(vault, nothing, "vda", new byte[disk.bytes.length]);
            assertThat(nothing.disk("vda").orElseThrow().root()).isEqualTo(Location.NONE);
            assertThat(nothing.packs()).isEmpty();
        }
    }

    @Test
    void anUnchangedDiskStoresNoPack() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 5 << 20, 3);
        try (Vault vault = Vaults.create(store)) {
            PointManifest full = Vaults.full(vault, "full", disk);
            int before = store.objects.size();
            Optional<UUID> base = Optional.of(full.id());
            PointManifest same =
                    Vaults.backup(vault, Vaults.intent("same", base), disk.freeze(Optional.empty(), Optional.empty()));
            assertThat(same.disk("vda").orElseThrow().root())
                    .isEqualTo(full.disk("vda").orElseThrow().root());
            assertThat(same.sizes().fresh()).isZero();
            assertThat(store.objects).as("a session and a manifest").hasSize(before + 2);
        }
    }
}
