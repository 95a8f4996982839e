package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a backup asks of the store does not grow with the history of its machine, but for the listing. */
class BoundedRequestsTest {

    private static int manifestsRead(ScriptedStore store, Vault vault, ModelDisk disk, int number, Set<UUID> bases)
            throws InterruptedException {
        AtomicInteger read = new AtomicInteger();
        store.before = (request, key) -> {
            if (!request.equals("list") && !request.equals("put") && key.startsWith("points/")) {
                read.incrementAndGet();
            }
        };
        disk.mutate(new Random(number));
        assertThat(vault.committed("vm-1", "job-" + number)).isEmpty();
        UUID base = vault.bases("vm-1", bases, 8).points().getFirst();
        Vaults.backup(
                vault,
                Vaults.intent("job-" + number, Optional.of(base)),
                disk.freeze(Optional.of(disk.takeChanged()), Optional.of(base)));
        store.heal();
        return read.get();
    }

    @Test
    void theManifestsReadByABackupAreAsManyAfterAHundredPointsAsAfterTwenty() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 18, 1);
        Set<UUID> bases = new HashSet<>();
        try (Vault vault = Vaults.create(store)) {
            int[] read = new int[101];
            bases.add(Vaults.full(vault, "job-0", disk).id());
            for (int i = 1; i <= 100; i++) {
                read[i] = manifestsRead(store, vault, disk, i, bases);
                bases.add(vault.committed("vm-1", "job-" + i).orElseThrow().id());
            }
            assertThat(read[100]).isEqualTo(read[20]).isLessThan(20);
        }
    }

    @Test
    void aPointWhoseNumberIsKnownIsReadWithOneRequestHoweverManyNewerOnesThereAre() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 16, 3);
        try (Vault vault = Vaults.create(store)) {
            PointManifest first = Vaults.full(vault, "job-0", disk);
            for (int i = 1; i < 20; i++) {
                Vaults.full(vault, "job-" + i, disk);
            }
            int before = store.requests.get();
            assertThat(vault.point(first.id(), "vm-1", OptionalLong.of(1))).contains(first);
            assertThat(store.requests.get() - before).isEqualTo(1);
            // What is known may be wrong: then it is searched for.
            for (long wrong : new long[] {2, 400}) {
                assertThat(vault.point(first.id(), "vm-1", OptionalLong.of(wrong)))
                        .contains(first);
            }
            assertThat(vault.point(UUID.randomUUID(), "vm-1", OptionalLong.of(1)))
                    .isEmpty();
        }
    }

    @Test
    void aBaseIsFoundNewestFirstAndNotForEverLookedFor() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = Vaults.disk("vda", 1 << 16, 2);
        try (Vault vault = Vaults.create(store)) {
            List<UUID> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(Vaults.full(vault, "job-" + i, disk).id());
            }
            assertThat(vault.bases("vm-1", Set.of(all.get(37), all.get(39), UUID.randomUUID()), 8)
                            .points())
                    .containsExactly(all.get(39), all.get(37));
            assertThat(vault.bases("vm-1", Set.copyOf(all), 2).points()).containsExactly(all.get(39), all.get(38));
            int before = store.requests.get();
            assertThat(vault.bases("vm-1", Set.of(all.getFirst()), 8).points()).isEmpty();
            assertThat(store.requests.get() - before).isLessThan(40);
            assertThat(vault.bases("vm-1", Set.of(), 8).points()).isEmpty();
        }
    }

    @Test
    void whatLiesTogetherIsFetchedTogetherAndReadAsWhenItIsFetchedAlone() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = new ModelDisk("vda", 16 << 20);
        byte[] noise = new byte[disk.bytes.length];
        new Random(4).nextBytes(noise);
        disk.fill(0, noise.length / ModelDisk.UNIT, noise, new Random(5));
        EngineOptions large =
                new EngineOptions(16 << 20, 64 << 20, 4, 2, 2, 16 << 20, java.time.InstantSource.fixed(Vaults.NOW));
        try (Vault vault = Vault.create(store, Vaults.PASSPHRASE, Vaults.CHEAP, large)) {
            PointManifest point = Vaults.full(vault, "full", disk);
            byte[] read = new byte[disk.bytes.length];
            int before = store.requests.get();
            DiskReader reader = vault.open(point).disk("vda");
            for (int at = 0; at < read.length; at += 2 << 20) {
                reader.read(at, java.nio.ByteBuffer.wrap(read, at, 2 << 20));
            }
            // 64 frames of blocks in pieces of 2 MiB, at most two packs, and some frames of nodes.
            assertThat(store.requests.get() - before).isLessThan(30);
            assertThat(read).isEqualTo(disk.bytes);
            byte[] block = new byte[4096];
            reader.read(5 << 20, java.nio.ByteBuffer.wrap(block));
            assertThat(block).isEqualTo(java.util.Arrays.copyOfRange(disk.bytes, 5 << 20, (5 << 20) + 4096));
        }
    }
}
