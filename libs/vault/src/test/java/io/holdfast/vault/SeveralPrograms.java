package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;

/** One vault and several programs that use it, each with a script of its own. */
abstract class SeveralPrograms {

    final ScriptedStore store = new ScriptedStore();

    /** A disk that fills packs while it is read. */
    static ModelDisk noise(int size) {
        ModelDisk disk = new ModelDisk("vda", size);
        byte[] noise = new byte[size];
        new Random(size).nextBytes(noise);
        disk.fill(0, size / ModelDisk.UNIT, noise, new Random(1));
        return disk;
    }

    /** A disk that costs nothing. */
    static ModelDisk small() {
        return Vaults.disk("vda", 1000, 1);
    }

    static DiskSource whole(ModelDisk disk) {
        return disk.freeze(Optional.empty(), Optional.empty());
    }

    static Set<UUID> ids(PointManifest point) {
        return Set.of(point.id());
    }

    static Vault open(ScriptedStore at) {
        return Vault.open(at, Vaults.PASSPHRASE, Vaults.SMALL);
    }

    /** The store as another program sees it. */
    ScriptedStore client() {
        return new ScriptedStore(store.objects);
    }

    List<String> keys(String prefix) {
        return keys(store, prefix);
    }

    static List<String> keys(ScriptedStore of, String prefix) {
        return of.objects.keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .toList();
    }

    /** Packs are put in the background. */
    void awaitPacks(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> keys("packs/").size() >= count);
    }

    static void assertListedRestores(Vault vault) {
        for (String vm : vault.vms()) {
            for (PointManifest point : vault.points(vm)) {
                assertThat(vault.preflight(point).damages())
                        .as("point %d of job %s is listed", point.sequence(), point.job())
                        .isEmpty();
            }
        }
    }

    static boolean isRecordPut(String request, String key) {
        return request.equals("put") && key.startsWith("points/");
    }

    interface Act {
        void run() throws Exception;
    }

    static void unchecked(Act act) {
        try {
            act.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Forgets a point and dies right after the record that says so. */
    void forgetAndDie(PointManifest point) {
        ScriptedStore mine = client();
        try (Vault vault = open(mine)) {
            AtomicBoolean dead = new AtomicBoolean();
            mine.after = (request, key) -> dead.compareAndSet(false, isRecordPut(request, key));
            mine.before = (request, key) -> {
                if (dead.get()) {
                    throw ScriptedStore.unavailable();
                }
            };
            Assertions.assertThatThrownBy(() -> vault.forget(point.vm(), ids(point)))
                    .isInstanceOfAny(StorageException.class, VaultException.class);
        }
    }

    /** A commit that sleeps before its first put of a record, after its last look at the chain. */
    static final class Sleeper {
        private final CountDownLatch asleep = new CountDownLatch(1);
        private final CountDownLatch wake = new CountDownLatch(1);
        private final AtomicReference<Object> result = new AtomicReference<>();
        private final Thread thread;

        Sleeper(ScriptedStore mine, BackupSession session) throws InterruptedException {
            AtomicBoolean once = new AtomicBoolean();
            mine.before = (request, key) -> {
                if (isRecordPut(request, key) && once.compareAndSet(false, true)) {
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

        /** Wakes it: the manifest it committed, or why it did not. */
        Object end() throws InterruptedException {
            wake.countDown();
            thread.join();
            return Objects.requireNonNull(result.get());
        }

        void commits() throws InterruptedException {
            assertThat(end()).isInstanceOf(PointManifest.class);
        }

        void isFenced() throws InterruptedException {
            assertThat(end())
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.FENCED));
        }
    }
}
