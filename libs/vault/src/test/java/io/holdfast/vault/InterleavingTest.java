package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.vault.format.GenerationRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Programs that sleep at the worst moments, objects that strangers plant, reads that go wrong once: no listed point loses anything. */
class InterleavingTest {

    private final ScriptedStore store = new ScriptedStore();

    private static ModelDisk noise(int size) {
        ModelDisk disk = new ModelDisk("vda", size);
        byte[] noise = new byte[size];
        new Random(size).nextBytes(noise);
        disk.fill(0, size / ModelDisk.UNIT, noise, new Random(1));
        return disk;
    }

    private Vault open(ScriptedStore at) {
        return Vault.open(at, Vaults.PASSPHRASE, Vaults.SMALL);
    }

    private ScriptedStore client() {
        return new ScriptedStore(store.objects);
    }

    private List<String> keys(String prefix) {
        return store.objects.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .toList();
    }

    private void awaitPacks(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> keys("packs/").size() >= count);
    }

    /** Every point that is listed restores. */
    private void listedRestores(Vault vault) {
        for (String vm : vault.vms()) {
            for (PointManifest point : vault.points(vm)) {
                assertThat(vault.preflight(point).damages())
                        .as("point %d of job %s is listed", point.sequence(), point.job())
                        .isEmpty();
            }
        }
    }

    private interface Act {
        void run() throws Exception;
    }

    private static void unchecked(Act act) {
        try {
            act.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A commit that sleeps before its first put of a record. */
    private static final class Sleeper {
        final CountDownLatch asleep = new CountDownLatch(1);
        final CountDownLatch wake = new CountDownLatch(1);
        final AtomicReference<Object> result = new AtomicReference<>();
        final Thread thread;

        Sleeper(ScriptedStore mine, BackupSession session) throws InterruptedException {
            AtomicBoolean once = new AtomicBoolean();
            mine.before = (request, key) -> {
                if (request.equals("put") && key.startsWith("points/") && once.compareAndSet(false, true)) {
                    asleep.countDown();
                    unchecked(wake::await);
                }
            };
            thread = Thread.ofPlatform().start(() -> {
                try {
                    result.set(session.commit(Vaults.FACTS));
                } catch (Exception e) {
                    result.set(e);
                }
                asleep.countDown();
            });
            asleep.await();
        }

        Object end() throws InterruptedException {
            wake.countDown();
            thread.join();
            return Objects.requireNonNull(result.get());
        }
    }

    @Test
    void whoPutIntoAFreedNumberKeepsItsPacksOrDoesNotCommit() throws Exception {
        ModelDisk disk = noise(2 << 20);
        ScriptedStore mine = client();
        try (Vault vault = Vaults.create(store);
                Vault own = open(mine);
                BackupSession slow = own.begin(Vaults.intent("slow", Optional.empty()))) {
            slow.backup(disk.freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            AtomicInteger puts = new AtomicInteger();
            mine.before = (request, key) -> {
                if (!request.equals("put") || !key.startsWith("points/")) {
                    return;
                }
                unchecked(() -> {
                    switch (puts.incrementAndGet()) {
                        case 1 -> {
                            PointManifest fast = Vaults.full(vault, "fast", Vaults.disk("vda", 1000, 1));
                            vault.forget("vm-1", Set.of(fast.id()));
                        }
                        case 2 -> vault.collect(CollectOptions.defaults());
                        default -> {}
                    }
                });
            };
            try {
                slow.commit(Vaults.FACTS);
            } catch (VaultException e) {
                assertThat(e.kind()).isEqualTo(VaultException.Kind.FENCED);
            }
            mine.heal();
            listedRestores(vault);
        }
    }

    @Test
    void forgettingAllBelowAPlantedObjectHidesNoLaterPoint() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", Vaults.disk("vda", 1000, 1));
            String key = keys("points/").getFirst();
            store.objects.put(key.substring(0, key.length() - 16) + "0000000000000040", new byte[5]);
            vault.forget("vm-1", Set.of(one.id()));
            PointManifest two = Vaults.full(vault, "two", Vaults.disk("vda", 1000, 1));
            assertThat(two.sequence()).isEqualTo(3);
        }
    }

    @Test
    void aPlantedObjectDoesNotRaiseTheFloorAboveAPointThatIsCommittedMeanwhile() throws Exception {
        ScriptedStore mine = client();
        try (Vault vault = Vaults.create(store);
                Vault own = open(mine)) {
            PointManifest one = Vaults.full(vault, "one", Vaults.disk("vda", 1000, 1));
            String key = keys("points/").getFirst();
            store.objects.put(key.substring(0, key.length() - 16) + "0000000000000040", new byte[5]);
            AtomicReference<PointManifest> between = new AtomicReference<>();
            mine.before = (request, k) -> {
                if (request.equals("put") && k.startsWith("points/") && between.get() == null) {
                    unchecked(() -> between.set(Vaults.full(vault, "two", noise(1 << 20))));
                }
            };
            try {
                own.forget("vm-1", Set.of(one.id()));
            } catch (VaultException e) {
                assertThat(e).hasMessageContaining("");
            }
            mine.heal();
            assertThat(vault.points("vm-1")).containsExactly(between.get());
        }
    }

    @Test
    void aPlantedGenerationStopsNoCollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", noise(1 << 20));
            store.objects.put("generations/7fffffffffffffff", new byte[5]);
            vault.forget("vm-1", Set.of(one.id()));
            CollectReport report = vault.collect(CollectTest.patient(Duration.ofMinutes(15), () -> {}));
            assertThat(report.points()).isNotNegative();
            assertThat(keys("packs/")).isEmpty();
        }
    }

    @Test
    void aFenceDoesNotHoldTheFloor() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            try (BackupSession dead = vault.begin(Vaults.intent("dead", Optional.empty()))) {
                dead.backup(noise(1 << 20).freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            }
            vault.collect(CollectTest.patient(Duration.ZERO, () -> {}));
            ModelDisk disk = Vaults.disk("vda", 5000, 2);
            List<PointManifest> kept = new ArrayList<>();
            for (int day = 0; day < 40; day++) {
                kept.add(Vaults.full(vault, "day-" + day, disk));
                if (kept.size() > 3) {
                    vault.forget("vm-1", Set.of(kept.removeFirst().id()));
                }
            }
            vault.collect(CollectTest.patient(Duration.ZERO, () -> {}));
            vault.forget("vm-1", Set.of(kept.removeFirst().id()));
            assertThat(vault.parts().log().removal("vm-1").orElseThrow().removed())
                    .hasSizeLessThan(20);
        }
    }

    @Test
    void anotherAttemptOfAJobWhosePointWasForgotten() throws Exception {
        ScriptedStore a = client();
        ScriptedStore e = client();
        ScriptedStore f = client();
        ModelDisk disk = noise(2 << 20);
        try (Vault vault = Vaults.create(store);
                Vault va = open(a);
                Vault ve = open(e);
                Vault vf = open(f);
                BackupSession first = va.begin(Vaults.intent("twice", Optional.empty()))) {
            first.backup(disk.freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            awaitPacks(3);
            PointManifest done = Vaults.backup(
                    vault, Vaults.intent("twice", Optional.empty()), disk.freeze(Optional.empty(), Optional.empty()));
            AtomicReference<Sleeper> sleeper = new AtomicReference<>();
            e.before = (request, key) -> {
                if (request.equals("list") && key.startsWith("packs/") && sleeper.get() == null) {
                    unchecked(() -> {
                        // The forget dies after its record.
                        AtomicBoolean dead = new AtomicBoolean();
                        f.before = (r, k) -> {
                            if (dead.get()) {
                                throw ScriptedStore.unavailable();
                            }
                        };
                        f.after = (r, k) -> dead.set(dead.get() || (r.equals("put") && k.startsWith("points/")));
                        try {
                            vf.forget("vm-1", Set.of(done.id()));
                        } catch (RuntimeException died) {
                            assertThat(died).isNotNull();
                        }
                        sleeper.set(new Sleeper(a, first));
                    });
                }
            };
            ve.collect(CollectOptions.defaults());
            e.heal();
            assertThat(Objects.requireNonNull(sleeper.get()).end())
                    .as("how the commit ended")
                    .isNotNull();
            listedRestores(vault);
        }
    }

    @Test
    void aFenceInAFreedNumberIsNoFence() throws Exception {
        ScriptedStore s = client();
        ScriptedStore c = client();
        try (Vault vault = Vaults.create(store);
                Vault vs = open(s);
                Vault vc = open(c);
                BackupSession session = vs.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(noise(2 << 20).freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            awaitPacks(3);
            AtomicReference<Sleeper> sleeper = new AtomicReference<>();
            AtomicBoolean put = new AtomicBoolean();
            c.before = (request, key) -> {
                if (request.equals("put") && key.startsWith("points/") && sleeper.get() == null) {
                    unchecked(() -> {
                        PointManifest fast = Vaults.full(vault, "fast", Vaults.disk("vda", 1000, 1));
                        vault.forget("vm-1", Set.of(fast.id()));
                        sleeper.set(new Sleeper(s, session));
                    });
                }
            };
            c.after = (request, key) -> {
                if (request.equals("put") && key.startsWith("points/") && put.compareAndSet(false, true)) {
                    unchecked(() -> {
                        vault.collect(CollectOptions.defaults());
                        assertThat(Objects.requireNonNull(sleeper.get()).end())
                                .as("how the commit ended")
                                .isNotNull();
                    });
                }
            };
            vc.collect(CollectTest.patient(Duration.ZERO, () -> {}));
            listedRestores(vault);
        }
    }

    @Test
    void aSessionThatCannotBeReadForAMoment() throws Exception {
        ScriptedStore s = client();
        ScriptedStore e = client();
        try (Vault vault = Vaults.create(store);
                Vault vs = open(s);
                Vault ve = open(e);
                BackupSession session = vs.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(noise(2 << 20).freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            Sleeper sleeper = new Sleeper(s, session);
            AtomicBoolean readable = new AtomicBoolean();
            e.before = (request, key) -> {
                if (request.equals("get") && key.startsWith("sessions/") && !readable.get()) {
                    throw ScriptedStore.unavailable();
                }
            };
            // It can be read again as soon as anybody waits.
            ve.collect(CollectTest.patient(Duration.ofMinutes(15), () -> readable.set(true)));
            assertThat(sleeper.end()).as("how the commit ended").isNotNull();
            listedRestores(vault);
        }
    }

    @Test
    void aDeadSessionOfAMachineThatIsBackedUpOftenIsDeclaredDead() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            try (BackupSession dead = vault.begin(Vaults.intent("dead", Optional.empty()))) {
                dead.backup(noise(1 << 20).freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            }
            int[] n = {0};
            Runnable busy = () -> {
                if (n[0]++ % 100 == 0) {
                    unchecked(() -> Vaults.full(vault, "other-" + n[0], Vaults.disk("vda", 1000, 1)));
                }
            };
            for (int i = 0; i < 4; i++) {
                CollectReport report = vault.collect(CollectTest.patient(Duration.ofMinutes(15), busy));
                assertThat(report.points()).isNotNegative();
                if (!report.fenced().isEmpty()) {
                    return;
                }
            }
            throw new AssertionError("never");
        }
    }

    @Test
    void aGenerationThatIsReplacedWhileItIsReadIsLookedForAgain() throws Exception {
        ScriptedStore s = client();
        try (Vault vault = Vaults.create(store);
                Vault vs = open(s)) {
            var generations = vault.parts().generations();
            generations.put(new GenerationRecord(5, Vaults.NOW, List.of(), List.of()));
            s.before = (request, key) -> {
                if (request.equals("get") && key.endsWith("5")) {
                    generations.put(new GenerationRecord(6, Vaults.NOW, List.of(), List.of()));
                    store.objects.remove(key);
                }
            };
            assertThat(vs.parts().generations().newest().number()).isEqualTo(6);
        }
    }

    @Test
    void anAttemptThatWasOvertakenLeavesItsSessionToAnother() throws Exception {
        ScriptedStore a = client();
        ScriptedStore b = client();
        ModelDisk disk = noise(2 << 20);
        DiskSource source = disk.freeze(Optional.empty(), Optional.empty());
        try (Vault vault = Vaults.create(store);
                Vault va = open(a);
                Vault vb = open(b)) {
            AtomicReference<Sleeper> sleeper = new AtomicReference<>();
            AtomicBoolean stored = new AtomicBoolean();
            AtomicReference<BackupSession> second = new AtomicReference<>();
            a.after = (request, key) -> {
                if (request.equals("put") && key.startsWith("sessions/") && stored.compareAndSet(false, true)) {
                    unchecked(() -> {
                        second.set(vb.begin(Vaults.intent("same", Optional.empty())));
                        Objects.requireNonNull(second.get()).backup(source, ProgressListener.NONE);
                        sleeper.set(new Sleeper(b, Objects.requireNonNull(second.get())));
                        vault.collect(CollectOptions.defaults());
                    });
                }
            };
            BackupSession first = va.begin(Vaults.intent("same", Optional.empty()));
            first.close();
            vault.collect(CollectTest.patient(Duration.ofMinutes(15), () -> {}));
            assertThat(Objects.requireNonNull(sleeper.get()).end())
                    .as("how the commit ended")
                    .isNotNull();
            Objects.requireNonNull(second.get()).close();
            listedRestores(vault);
        }
    }

    @Test
    void requestsPerPoint() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            int points = 0;
            for (int vm = 0; vm < 30; vm++) {
                for (int i = 0; i < 7; i++) {
                    Vaults.backup(
                            vault,
                            Vaults.intent("machine-" + vm, "j" + i, Optional.empty()),
                            Vaults.disk("vda", 5000, i + vm).freeze(Optional.empty(), Optional.empty()));
                    points++;
                }
            }
            vault.collect(CollectOptions.defaults());
            vault.collect(CollectOptions.defaults());
            int before = store.requests.get();
            vault.collect(CollectOptions.defaults());
            assertThat(store.requests.get() - before).isLessThan(4 * points);
            List<PointManifest> some = vault.points("machine-1");
            vault.forget("machine-1", Set.of(some.getFirst().id()));
            before = store.requests.get();
            vault.collect(CollectOptions.defaults());
            assertThat(store.requests.get() - before).isLessThan(12 * points);
        }
    }

    @Test
    void aGapRecordStopsNoCollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", Vaults.disk("vda", 1000, 1));
            PointManifest two = Vaults.full(vault, "two", Vaults.disk("vda", 1000, 1));
            store.objects.remove(keys("points/").getLast());
            BackupIntent i = Vaults.intent("three", Optional.empty());
            BackupIntent knowing = new BackupIntent(
                    i.vm(),
                    i.vmName(),
                    i.source(),
                    i.job(),
                    i.point(),
                    i.moment(),
                    i.kind(),
                    i.base(),
                    Optional.of(two.head()));
            Vaults.backup(vault, knowing, Vaults.disk("vda", 1000, 1).freeze(Optional.empty(), Optional.empty()));
            List<PointManifest> kept = new ArrayList<>(vault.points("vm-1"));
            for (int n = 0; n < 5; n++) {
                kept.add(Vaults.full(vault, "more-" + n, Vaults.disk("vda", 1000, 1)));
                vault.forget("vm-1", Set.of(kept.removeFirst().id()));
            }
            CollectReport report = vault.collect(CollectOptions.defaults());
            assertThat(report.points()).isNotNegative();
            assertThat(report.obstacles()).isEmpty();
        }
    }

    @Test
    void oneReadThatFailsOnceCostsNothing() throws Exception {
        for (int n = 1; n < 14; n++) {
            store.objects.clear();
            ScriptedStore e = client();
            try (Vault vault = Vaults.create(store);
                    Vault ve = open(e)) {
                PointManifest base = Vaults.full(vault, "base", noise(1 << 20));
                String first = keys("points/").getFirst();
                Vaults.full(vault, "later", Vaults.disk("vda", 1000, 1));
                vault.collect(CollectOptions.defaults());
                assertThat(keys("sessions/")).isEmpty();
                List<GenerationRecord.Mark> marks = base.packs()
                        .map(pack -> new GenerationRecord.Mark(pack, 1))
                        .toList();
                vault.parts().generations().put(new GenerationRecord(1, Vaults.NOW, List.of(), marks));
                AtomicInteger reads = new AtomicInteger();
                int fails = n;
                e.before = (request, key) -> {
                    if (request.equals("get") && key.equals(first) && reads.incrementAndGet() == fails) {
                        throw ScriptedStore.unavailable();
                    }
                };
                CollectReport report = ve.collect(CollectOptions.defaults());
                assertThat(report.deletedPacks()).isZero();
                assertThat(vault.preflight(base).damages()).as("read %d", n).isEmpty();
            }
        }
    }

    @Test
    void aJobThatIsRunAgainAfterItsPointWasForgotten() throws Exception {
        ScriptedStore f = client();
        ScriptedStore s = client();
        try (Vault vault = Vaults.create(store);
                Vault vf = open(f);
                Vault vs = open(s)) {
            DiskSource source = noise(2 << 20).freeze(Optional.empty(), Optional.empty());
            PointManifest done = Vaults.backup(vault, Vaults.intent("again", Optional.empty()), source);
            AtomicBoolean dead = new AtomicBoolean();
            f.before = (r, k) -> {
                if (dead.get()) {
                    throw ScriptedStore.unavailable();
                }
            };
            f.after = (r, k) -> dead.set(dead.get() || (r.equals("put") && k.startsWith("points/")));
            try {
                vf.forget("vm-1", Set.of(done.id()));
            } catch (RuntimeException died) {
                assertThat(died).isNotNull();
            }
            try (BackupSession session = vs.begin(Vaults.intent("again", Optional.empty()))) {
                session.backup(source, ProgressListener.NONE);
                Sleeper sleeper = new Sleeper(s, session);
                vault.collect(CollectOptions.defaults());
                assertThat(sleeper.end()).as("how the commit ended").isNotNull();
            }
            listedRestores(vault);
        }
    }

    @Test
    void aPointThatWasForgottenBeforeItsWriterLooked() throws Exception {
        ScriptedStore f = client();
        ScriptedStore s = client();
        try (Vault vault = Vaults.create(store);
                Vault vf = open(f);
                Vault vs = open(s);
                BackupSession session = vs.begin(Vaults.intent("slow", Optional.empty()))) {
            session.backup(noise(2 << 20).freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            AtomicInteger puts = new AtomicInteger();
            s.after = (request, key) -> {
                if (request.equals("put") && key.startsWith("points/") && puts.incrementAndGet() == 1) {
                    unchecked(() -> {
                        PointManifest mine = vault.points("vm-1").getFirst();
                        Vaults.full(vault, "other", Vaults.disk("vda", 1000, 1));
                        AtomicBoolean dead = new AtomicBoolean();
                        f.before = (r, k) -> {
                            if (dead.get()) {
                                throw ScriptedStore.unavailable();
                            }
                        };
                        f.after = (r, k) -> dead.set(dead.get() || (r.equals("put") && k.startsWith("points/")));
                        try {
                            vf.forget("vm-1", Set.of(mine.id()));
                        } catch (RuntimeException died) {
                            assertThat(died).isNotNull();
                        }
                    });
                }
            };
            s.before = (request, key) -> {
                if (request.equals("put") && key.startsWith("points/") && puts.get() == 1) {
                    vault.collect(CollectOptions.defaults());
                }
            };
            try {
                assertThat(session.commit(Vaults.FACTS).sequence()).isPositive();
            } catch (VaultException e) {
                assertThat(e).hasMessageContaining("");
            }
            s.heal();
            listedRestores(vault);
        }
    }

    @Test
    void aPlantedObjectFarAboveStopsNoCollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", Vaults.disk("vda", 1000, 1));
            String key = keys("points/").getFirst();
            store.objects.put(key.substring(0, key.length() - 16) + "7fffffffffffffff", new byte[5]);
            Vaults.full(vault, "two", Vaults.disk("vda", 1000, 1));
            assertThat(vault.collect(CollectOptions.defaults()).obstacles()).isEmpty();
        }
    }

    @Test
    void aJobThatCommittedIsAdoptedAfterACollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            DiskSource source = noise(1 << 20).freeze(Optional.empty(), Optional.empty());
            PointManifest done = Vaults.backup(vault, Vaults.intent("job", Optional.empty()), source);
            vault.collect(CollectOptions.defaults());
            Vaults.full(vault, "two", Vaults.disk("vda", 1000, 1));
            Vaults.full(vault, "three", Vaults.disk("vda", 1000, 1));
            assertThat(vault.committed("vm-1", "job")).contains(done);
            Vaults.backup(vault, Vaults.intent("job", Optional.empty()), source);
            assertThat(vault.points("vm-1")).extracting(PointManifest::id).doesNotHaveDuplicates();
        }
    }

    @Test
    void oneReadThatGivesOtherBytesOnceCostsNothing() throws Exception {
        for (int n = 1; n < 9; n++) {
            store.objects.clear();
            ScriptedStore e = client();
            try (Vault vault = Vaults.create(store);
                    Vault ve = open(e)) {
                PointManifest base = Vaults.full(vault, "base", noise(1 << 20));
                String first = keys("points/").getFirst();
                Vaults.full(vault, "later", Vaults.disk("vda", 1000, 1));
                vault.collect(CollectOptions.defaults());
                byte[] good = store.object(first);
                byte[] flipped = good.clone();
                flipped[100] ^= 1;
                AtomicInteger reads = new AtomicInteger();
                int fails = n;
                e.before = (request, key) -> {
                    boolean now = request.equals("get") && key.equals(first) && reads.incrementAndGet() == fails;
                    store.objects.put(first, now ? flipped : good);
                };
                CollectReport report = ve.collect(CollectOptions.defaults());
                e.heal();
                store.objects.put(first, good);
                assertThat(report.deletedPacks()).isZero();
                assertThat(vault.preflight(base).damages()).as("read %d", n).isEmpty();
            }
        }
    }

    @Test
    void whoWakesAfterHisNumberWasGivenAndFreedIsNotToldThatHeCommitted() throws Exception {
        ScriptedStore mine = client();
        try (Vault vault = Vaults.create(store);
                Vault own = open(mine);
                BackupSession session = own.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(noise(1 << 20).freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
            awaitPacks(1);
            Sleeper sleeper = new Sleeper(mine, session);
            PointManifest fast = Vaults.full(vault, "fast", Vaults.disk("vda", 1000, 1));
            PointManifest kept = Vaults.full(vault, "kept", Vaults.disk("vda", 1000, 2));
            vault.forget("vm-1", Set.of(fast.id()));
            CollectReport report = vault.collect(CollectTest.patient(Duration.ZERO, () -> {}));
            assertThat(report.fenced()).hasSize(1);
            assertThat(keys("points/")).as("the number is free").noneMatch(key -> key.endsWith("0000000000000001"));
            assertThat(sleeper.end())
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.FENCED));
            assertThat(vault.points("vm-1")).containsExactly(kept);
            CollectReport _ = vault.collect(CollectOptions.defaults());
            assertThat(keys("points/")).noneMatch(key -> key.endsWith("0000000000000001"));
        }
    }
}
