package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Programs that sleep at the worst moments: a point that is listed keeps its packs, and who lost is told so. */
class SleepingWriterTest extends SeveralPrograms {

    @Test
    void whoContestsANumberThatIsGivenAndRemovedMeanwhileCommitsBehindIt() throws Exception {
        ModelDisk disk = noise(2 << 20);
        ScriptedStore mine = client();
        try (Vault vault = Vaults.create(store);
                Vault own = open(mine);
                BackupSession slow = own.begin(Vaults.intent("slow", Optional.empty()))) {
            slow.backup(whole(disk), ProgressListener.NONE);
            AtomicInteger puts = new AtomicInteger();
            mine.before = (request, key) -> {
                if (isRecordPut(request, key)) {
                    unchecked(() -> {
                        if (puts.getAndIncrement() == 0) {
                            vault.forget("vm-1", ids(Vaults.full(vault, "fast", small())));
                        }
                        vault.collect(CollectOptions.defaults());
                    });
                }
            };
            PointManifest point = slow.commit(Vaults.FACTS);
            mine.heal();
            assertThat(point.sequence()).isEqualTo(3);
            assertThat(vault.points("vm-1")).containsExactly(point);
            assertListedRestores(vault);
        }
    }

    @Test
    void anotherAttemptOfAJobWhosePointWasForgottenCommitsNothing() throws Exception {
        ScriptedStore a = client();
        ScriptedStore e = client();
        ModelDisk disk = noise(2 << 20);
        try (Vault vault = Vaults.create(store);
                Vault va = open(a);
                Vault ve = open(e);
                BackupSession first = va.begin(Vaults.intent("twice", Optional.empty()))) {
            first.backup(whole(disk), ProgressListener.NONE);
            awaitPacks(3);
            PointManifest done = Vaults.backup(vault, Vaults.intent("twice", Optional.empty()), whole(disk));
            AtomicReference<Sleeper> sleeper = new AtomicReference<>();
            e.before = (request, key) -> {
                if (request.equals("list") && key.startsWith("packs/") && sleeper.get() == null) {
                    unchecked(() -> {
                        forgetAndDie(done);
                        sleeper.set(new Sleeper(a, first));
                    });
                }
            };
            ve.collect(CollectOptions.defaults());
            e.heal();
            assertThat(Objects.requireNonNull(sleeper.get()).end())
                    .as("the job is done, whatever became of its point")
                    .isEqualTo(done);
            assertThat(vault.points("vm-1")).isEmpty();
        }
    }

    @Test
    void aFenceDoesNotTakeANumberThatWasGivenAndRemoved() throws Exception {
        ScriptedStore s = client();
        ScriptedStore c = client();
        try (Vault vault = Vaults.create(store);
                Vault vs = open(s);
                Vault vc = open(c);
                BackupSession session = vs.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(whole(noise(2 << 20)), ProgressListener.NONE);
            awaitPacks(3);
            AtomicReference<Sleeper> sleeper = new AtomicReference<>();
            AtomicBoolean put = new AtomicBoolean();
            c.before = (request, key) -> {
                if (isRecordPut(request, key) && sleeper.get() == null) {
                    unchecked(() -> {
                        PointManifest fast = Vaults.full(vault, "fast", small());
                        vault.forget("vm-1", ids(fast));
                        sleeper.set(new Sleeper(s, session));
                    });
                }
            };
            c.after = (request, key) -> {
                if (isRecordPut(request, key) && put.compareAndSet(false, true)) {
                    unchecked(() -> {
                        vault.collect(CollectOptions.defaults());
                        Objects.requireNonNull(sleeper.get()).commits();
                    });
                }
            };
            assertThat(vc.collect(CollectTest.patient(Duration.ZERO, () -> {})).fenced())
                    .isEmpty();
            assertThat(vault.points("vm-1")).hasSize(1);
            assertListedRestores(vault);
        }
    }

    @Test
    void aSessionThatCannotBeReadForAMomentIsFencedLikeOthers() throws Exception {
        ScriptedStore s = client();
        ScriptedStore e = client();
        try (Vault vault = Vaults.create(store);
                Vault vs = open(s);
                Vault ve = open(e);
                BackupSession session = vs.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(whole(noise(2 << 20)), ProgressListener.NONE);
            awaitPacks(3);
            Sleeper sleeper = new Sleeper(s, session);
            AtomicBoolean readable = new AtomicBoolean();
            e.before = (request, key) -> {
                if (request.equals("get") && key.startsWith("sessions/") && !readable.get()) {
                    throw ScriptedStore.unavailable();
                }
            };
            // It can be read again as soon as anybody waits.
            ve.collect(CollectTest.patient(Duration.ofMinutes(15), () -> readable.set(true)));
            sleeper.isFenced();
            assertThat(vault.points("vm-1")).isEmpty();
        }
    }

    @Test
    void anAttemptThatWasOvertakenLeavesItsSessionToAnother() throws Exception {
        ScriptedStore a = client();
        ScriptedStore b = client();
        ModelDisk disk = noise(2 << 20);
        DiskSource source = whole(disk);
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
            Objects.requireNonNull(sleeper.get()).isFenced();
            Objects.requireNonNull(second.get()).close();
            assertThat(vault.points("vm-1")).isEmpty();
        }
    }

    @Test
    void aJobThatIsRunAgainAfterItsPointWasForgottenKeepsItsNewPacks() throws Exception {
        ScriptedStore s = client();
        try (Vault vault = Vaults.create(store);
                Vault vs = open(s)) {
            DiskSource source = whole(noise(2 << 20));
            PointManifest done = Vaults.backup(vault, Vaults.intent("again", Optional.empty()), source);
            forgetAndDie(done);
            try (BackupSession session = vs.begin(Vaults.intent("again", Optional.empty()))) {
                session.backup(source, ProgressListener.NONE);
                Sleeper sleeper = new Sleeper(s, session);
                vault.collect(CollectOptions.defaults());
                sleeper.commits();
            }
            assertThat(vault.points("vm-1")).hasSize(1);
            assertListedRestores(vault);
        }
    }

    @Test
    void aPointThatWasForgottenBeforeItsWriterLookedDoesNotComeBack() throws Exception {
        ScriptedStore s = client();
        try (Vault vault = Vaults.create(store);
                Vault vs = open(s);
                BackupSession session = vs.begin(Vaults.intent("slow", Optional.empty()))) {
            session.backup(whole(noise(2 << 20)), ProgressListener.NONE);
            AtomicInteger puts = new AtomicInteger();
            s.after = (request, key) -> {
                if (isRecordPut(request, key) && puts.incrementAndGet() == 1) {
                    unchecked(() -> {
                        PointManifest mine = vault.points("vm-1").getFirst();
                        Vaults.full(vault, "other", small());
                        forgetAndDie(mine);
                    });
                }
            };
            s.before = (request, key) -> {
                if (isRecordPut(request, key) && puts.get() == 1) {
                    vault.collect(CollectOptions.defaults());
                }
            };
            assertThat(session.commit(Vaults.FACTS).sequence()).isEqualTo(1);
            s.heal();
            assertThat(vault.points("vm-1")).extracting(PointManifest::job).containsExactly("other");
        }
    }

    @Test
    void whoWakesAfterHisNumberWasGivenAndFreedIsNotToldThatHeCommitted() throws Exception {
        ScriptedStore mine = client();
        try (Vault vault = Vaults.create(store);
                Vault own = open(mine);
                BackupSession session = own.begin(Vaults.intent("late", Optional.empty()))) {
            session.backup(whole(noise(1 << 20)), ProgressListener.NONE);
            awaitPacks(1);
            Sleeper sleeper = new Sleeper(mine, session);
            PointManifest fast = Vaults.full(vault, "fast", small());
            PointManifest kept = Vaults.full(vault, "kept", Vaults.disk("vda", 1000, 2));
            vault.forget("vm-1", ids(fast));
            CollectReport report = vault.collect(CollectTest.patient(Duration.ZERO, () -> {}));
            assertThat(report.fenced()).hasSize(1);
            assertThat(keys("points/")).as("the number is free").noneMatch(key -> key.endsWith("0000000000000001"));
            sleeper.isFenced();
            assertThat(vault.points("vm-1")).containsExactly(kept);
            CollectReport _ = vault.collect(CollectOptions.defaults());
            assertThat(keys("points/")).noneMatch(key -> key.endsWith("0000000000000001"));
        }
    }

    @Test
    void aNumberIsNotFreedWhileASessionMayPutThere() throws Exception {
        try (Vault vault = Vaults.create(store);
                BackupSession session = vault.begin(Vaults.intent("open", Optional.empty()))) {
            vault.forget("vm-1", ids(Vaults.full(vault, "fast", small())));
            PointManifest kept = Vaults.full(vault, "kept", small());
            CollectReport _ = vault.collect(CollectOptions.defaults());
            assertThat(keys("points/")).hasSize(3);
            PointManifest point = session.commit(Vaults.FACTS);
            CollectReport _ = vault.collect(CollectOptions.defaults());
            assertThat(keys("points/")).as("what was removed is gone now").hasSize(3);
            assertThat(vault.points("vm-1")).containsExactly(kept, point);
        }
    }
}
