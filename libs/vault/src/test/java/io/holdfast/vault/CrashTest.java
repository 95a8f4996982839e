package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A backup that dies at each of its store requests, loses replies, or is interrupted. */
class CrashTest {

    private static ModelDisk noise(String key, int size, int seed) {
        ModelDisk disk = new ModelDisk(key, size);
        byte[] noise = new byte[size];
        new Random(seed).nextBytes(noise);
        disk.fill(0, size / ModelDisk.UNIT, noise, new Random(seed));
        return disk;
    }

    @Test
    void afterACrashAtAnyRequestOldPointsRestoreAndTheNextAttemptSucceeds() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk first = noise("vda", 4 << 20, 1);
        ModelDisk second = noise("vdb", (1 << 20) + 5, 2);
        try (Vault vault = Vaults.create(store)) {
            PointManifest base = Vaults.full(vault, "base", first, second);
            byte[] before = first.bytes.clone();
            boolean succeeded = false;
            int crashes = 0;
            for (int n = 0; !succeeded; n++) {
                String job = "job-" + n;
                for (int i = 0; i < 20; i++) {
                    first.mutate(new Random(n * 100L + i));
                }
                DiskSource one = first.freeze(Optional.empty(), Optional.empty());
                DiskSource two = second.freeze(Optional.empty(), Optional.empty());
                BackupIntent intent = Vaults.intent(job, Optional.empty());
                store.failFrom(n);
                try {
                    Vaults.backup(vault, intent, one, two);
                    succeeded = true;
                } catch (StorageException | VaultException e) {
                    crashes++;
                }
                store.heal();
                int points = vault.points("vm-1").size();
                Vaults.assertRestores(vault, base, "vda", before);
                PointManifest point = Vaults.backup(vault, intent, one, two);
                Vaults.assertRestores(vault, point, "vda", first.bytes);
                Vaults.assertRestores(vault, point, "vdb", second.bytes);
                assertThat(vault.points("vm-1")).hasSizeBetween(points, points + 1);
                assertThat(vault.points("vm-1").stream().filter(p -> p.job().equals(job)))
                        .as("points of %s", job)
                        .containsExactly(point);
            }
            assertThat(crashes).as("requests of a backup").isGreaterThan(15);
            assertThat(vault.checkChain("vm-1", Optional.empty()).intact()).isTrue();
        }
    }

    @Test
    void theNextAttemptOfTheSameMomentDoesNotReadWhatIsStored() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = noise("vda", 16 << 20, 3);
        DiskSource source = disk.freeze(Optional.empty(), Optional.empty());
        BackupIntent intent = Vaults.intent("job", Optional.empty());
        try (Vault vault = Vaults.create(store)) {
            store.after = (request, key) -> {
                if (store.objects.keySet().stream()
                                .filter(k -> k.startsWith("packs/"))
                                .count()
                        > 20) {
                    store.failFrom(0);
                }
            };
            assertThatThrownBy(() -> Vaults.backup(vault, intent, source)).isInstanceOf(StorageException.class);
            store.heal();
            AtomicReference<Long> lowest = new AtomicReference<>(Long.MAX_VALUE);
            PointManifest point = Vaults.backup(vault, intent, new Watched(source) {
                @Override
                public void read(long offset, ByteBuffer into) throws IOException {
                    lowest.accumulateAndGet(offset, Math::min);
                    super.read(offset, into);
                }
            });
            assertThat(lowest.get()).as("where the second attempt began").isGreaterThan(4L << 20);
            Vaults.assertRestores(vault, point, "vda", disk.bytes);
            assertThat(point.sizes().read()).isBetween(16L << 20, 18L << 20);
        }
    }

    @Test
    void aLostReplyOfAnyPutIsNotAnError() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = noise("vda", 3 << 20, 4);
        try (Vault vault = Vaults.create(store)) {
            boolean lost = true;
            for (int n = 0; lost; n++) {
                int lose = n;
                int[] puts = {0};
                store.after = (request, key) -> {
                    synchronized (puts) {
                        if (request.equals("put") && puts[0]++ == lose) {
                            throw ScriptedStore.unavailable();
                        }
                    }
                };
                PointManifest point = Vaults.full(vault, "job-" + n, disk);
                lost = puts[0] > lose;
                store.heal();
                assertThat(point.sequence()).isEqualTo(n + 1);
                Vaults.assertRestores(vault, point, "vda", disk.bytes);
            }
        }
    }

    @Test
    void whenTheManifestsOutcomeStaysUnknownTheNextAttemptFindsIt() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk disk = noise("vda", 1 << 20, 5);
        try (Vault vault = Vaults.create(store)) {
            store.after = (request, key) -> {
                if (key.startsWith("points/") && request.equals("put")) {
                    throw ScriptedStore.unavailable();
                }
            };
            assertThatThrownBy(() -> Vaults.full(vault, "job", disk))
                    .isInstanceOfSatisfying(
                            VaultException.class,
                            e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.OUTCOME_UNKNOWN));
            store.heal();
            PointManifest stored = vault.points("vm-1").getFirst();
            assertThat(Vaults.full(vault, "job", disk)).isEqualTo(stored);
            assertThat(vault.points("vm-1")).hasSize(1);
        }
    }

    @Test
    void aSourceThatFailsIsTheExceptionThatIsThrown() throws Exception {
        try (Vault vault = Vaults.create(new ScriptedStore())) {
            DiskSource broken = new Watched(noise("vda", 4 << 20, 6).freeze(Optional.empty(), Optional.empty())) {
                @Override
                public void read(long offset, ByteBuffer into) throws IOException {
                    if (offset >= 2 << 20) {
                        throw new IOException("the cable was cut");
                    }
                    super.read(offset, into);
                }
            };
            assertThatThrownBy(() -> Vaults.backup(vault, Vaults.intent("job", Optional.empty()), broken))
                    .isInstanceOfSatisfying(VaultException.class, e -> {
                        assertThat(e.kind()).isEqualTo(VaultException.Kind.SOURCE_FAILED);
                        assertThat(e.disk()).contains("vda");
                    })
                    .hasMessageContaining("the cable was cut");
            assertThat(vault.points("vm-1")).isEmpty();
        }
    }

    @Test
    void anInterruptStopsABackupWithinASecond() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (Vault vault = Vaults.create(new ScriptedStore())) {
            DiskSource slow = new Watched(noise("vda", 4 << 20, 7).freeze(Optional.empty(), Optional.empty())) {
                @Override
                public void read(long offset, ByteBuffer into) throws IOException {
                    reading.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new IOException("interrupted", e);
                    }
                }
            };
            Thread backup = Thread.ofVirtual().start(() -> {
                try {
                    Vaults.backup(vault, Vaults.intent("job", Optional.empty()), slow);
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            reading.await();
            backup.interrupt();
            assertThat(backup.join(Duration.ofSeconds(2))).as("ended").isTrue();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        }
    }

    /** A source to be overridden in part. */
    private static class Watched implements DiskSource {
        private final DiskSource inner;

        Watched(DiskSource inner) {
            this.inner = inner;
        }

        @Override
        public String key() {
            return inner.key();
        }

        @Override
        public long size() {
            return inner.size();
        }

        @Override
        public String format() {
            return inner.format();
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            inner.read(offset, into);
        }

        @Override
        public Iterator<Range> allocated() {
            return inner.allocated();
        }

        @Override
        public Optional<Iterator<Range>> changed() {
            return inner.changed();
        }

        @Override
        public Optional<UUID> base() {
            return inner.base();
        }

        @Override
        public Optional<String> fullReason() {
            return inner.fullReason();
        }
    }

    @Test
    void twoSessionsOfOneJobMakeOnePoint() throws Exception {
        ModelDisk disk = noise("vda", 1 << 20, 8);
        DiskSource source = disk.freeze(Optional.empty(), Optional.empty());
        try (Vault vault = Vaults.create(new ScriptedStore());
                BackupSession slow = vault.begin(Vaults.intent("job", Optional.empty()));
                BackupSession fast = vault.begin(Vaults.intent("job", Optional.empty()))) {
            slow.backup(source, ProgressListener.NONE);
            fast.backup(source, ProgressListener.NONE);
            PointManifest winner = fast.commit(Vaults.FACTS);
            assertThat(slow.commit(Vaults.FACTS)).isEqualTo(winner);
            assertThat(vault.points("vm-1")).containsExactly(winner);
            try (BackupSession late = vault.begin(Vaults.intent("job", Optional.empty()))) {
                assertThat(late.isCommittedAlready()).isTrue();
                late.backup(source, ProgressListener.NONE);
                assertThat(late.commit(Vaults.FACTS)).isEqualTo(winner);
            }
        }
    }

    @Test
    void twoJobsThatRaceForASequenceMakeTwoLinkedPoints() throws Exception {
        ModelDisk disk = noise("vda", 1 << 20, 9);
        DiskSource source = disk.freeze(Optional.empty(), Optional.empty());
        try (Vault vault = Vaults.create(new ScriptedStore());
                BackupSession slow = vault.begin(Vaults.intent("slow", Optional.empty()));
                BackupSession fast = vault.begin(Vaults.intent("fast", Optional.empty()))) {
            slow.backup(source, ProgressListener.NONE);
            fast.backup(source, ProgressListener.NONE);
            PointManifest one = fast.commit(Vaults.FACTS);
            PointManifest two = slow.commit(Vaults.FACTS);
            assertThat(List.of(one.sequence(), two.sequence())).containsExactly(1L, 2L);
            assertThat(two.previous()).contains(one.head());
            assertThat(vault.checkChain("vm-1", Optional.of(two.head())).findings())
                    .isEmpty();
        }
    }
}
