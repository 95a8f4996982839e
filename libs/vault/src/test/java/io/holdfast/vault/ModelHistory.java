package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A random history of everything that can be done to a vault, by several programs at once, against a plain model: a list of what each
 * point's disk held. One program is stopped at a random request while others act, or dies there. Whatever happens, each point that is
 * listed restores byte for byte; and at the end nothing is left that nobody needs.
 */
final class ModelHistory {

    private static final int DISK = 700_000;

    /** What a VM's disk held at each point, by job. */
    private final Map<String, byte[]> model = new TreeMap<>();

    private final ScriptedStore store = new ScriptedStore();
    private final Random random;
    private final Map<String, ModelDisk> disks = new HashMap<>();
    private final List<Writing> writing = new ArrayList<>();
    private int jobs;
    private int nested;
    private final ReentrantLock acting = new ReentrantLock();

    ModelHistory(Random random) {
        this.random = random;
    }

    /** A backup under way, in a program of its own. */
    private record Writing(Vault vault, BackupSession session, BackupIntent intent, DiskSource source) {}

    void run() throws Exception {
        Vaults.create(store).close();
        try (Vault quiet = open(new ScriptedStore(store.objects))) {
            for (int i = 4 + random.nextInt(12); i > 0; i--) {
                disturbed();
                check(quiet);
            }
            for (Writing one : writing) {
                one.session.close();
                one.vault.close();
            }
            cleanedUp(quiet);
        }
    }

    private static Vault open(ScriptedStore at) {
        return Vault.open(at, Vaults.PASSPHRASE, Vaults.SMALL);
    }

    /** One program acts; at one of its requests another one acts in between, or it dies, or the answer of a put is lost. */
    private void disturbed() throws Exception {
        ScriptedStore mine = new ScriptedStore(store.objects);
        int at = random.nextInt(60);
        int what = random.nextInt(4);
        AtomicInteger count = new AtomicInteger();
        Vault vault = open(mine);
        boolean keep = false;
        if (what == 0) {
            mine.failFrom(at);
        } else if (what == 1) {
            mine.after = (request, key) -> {
                if (request.equals("put") && count.getAndIncrement() == at % 8) {
                    throw ScriptedStore.unavailable();
                }
            };
        } else if (nested < 2) {
            mine.before = (request, key) -> {
                if (count.getAndIncrement() == at) {
                    inBetween();
                }
            };
        }
        try {
            keep = act(vault);
        } catch (StorageException e) {
            assertThat(what).as("a store that fails: %s", e).isLessThan(2);
        } catch (VaultException e) {
            assertThat(e.kind())
                    .as("refused: %s", e)
                    .isIn(
                            VaultException.Kind.FENCED,
                            VaultException.Kind.BASE_NOT_USABLE,
                            VaultException.Kind.OUTCOME_UNKNOWN,
                            VaultException.Kind.CONFLICT);
        } finally {
            mine.heal();
            if (!keep) {
                vault.close();
            }
        }
    }

    /** Others act only in the thread that is stopped: a program's own threads do not wait for each other's interruptions. */
    private void inBetween() {
        if (!acting.tryLock()) {
            return;
        }
        nested++;
        try {
            disturbed();
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            nested--;
            acting.unlock();
        }
    }

    /** @return whether the vault is still in use */
    private boolean act(Vault vault) throws InterruptedException {
        String vm = "vm-" + random.nextInt(2);
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                Writing one = begin(vault, vm);
                finish(one);
            }
            case 3 -> {
                writing.add(begin(vault, vm));
                return true;
            }
            case 4, 5 -> {
                if (!writing.isEmpty()) {
                    Writing one = writing.remove(random.nextInt(writing.size()));
                    try (one.vault) {
                        finish(one);
                    }
                }
            }
            case 6, 7 -> {
                List<PointManifest> points = vault.points(vm);
                if (!points.isEmpty()) {
                    Set<UUID> some = new java.util.HashSet<>();
                    for (int i = 1 + random.nextInt(2); i > 0; i--) {
                        some.add(points.get(random.nextInt(points.size())).id());
                    }
                    vault.forget(vm, some);
                }
            }
            default -> {
                Optional<Duration> patience = random.nextInt(3) == 0 ? Optional.of(Duration.ZERO) : Optional.empty();
                CollectReport report = vault.collect(new CollectOptions(
                        random.nextInt(8) == 0, patience, false, Map.of(), MonotonicClock.system(), sessions -> {}));
                assertThat(report.obstacles()).isEmpty();
            }
        }
        return false;
    }

    private Writing begin(Vault vault, String vm) throws InterruptedException {
        ModelDisk disk = disks.computeIfAbsent(vm, any -> new ModelDisk("vda", DISK));
        for (int i = random.nextInt(20); i > 0; i--) {
            disk.mutate(random);
        }
        byte[] noise = new byte[60_000];
        random.nextBytes(noise);
        int from = random.nextInt((DISK - noise.length) / ModelDisk.UNIT);
        disk.fill(from, from + noise.length / ModelDisk.UNIT, noise, random);
        Optional<UUID> base =
                vault.newest(vm).filter(any -> random.nextInt(5) > 0).map(PointManifest::id);
        BackupIntent intent = Vaults.intent(vm, "job-" + jobs++, base);
        DiskSource source = disk.freeze(Optional.empty(), Optional.empty());
        // Also an attempt that dies may have committed.
        model.put(intent.job(), disk.bytes.clone());
        BackupSession session = vault.begin(intent);
        try {
            session.backup(source, ProgressListener.NONE);
        } catch (RuntimeException | InterruptedException e) {
            session.close();
            throw e;
        }
        return new Writing(vault, session, intent, source);
    }

    /** Commits; what fails is tried again, sometimes. */
    private void finish(Writing one) throws InterruptedException {
        try (BackupSession session = one.session) {
            session.commit(Vaults.FACTS);
        } catch (StorageException | VaultException e) {
            if (random.nextBoolean()) {
                throw e;
            }
            try (Vault again = open(new ScriptedStore(store.objects))) {
                Optional<UUID> base = one.intent.base();
                boolean baseIsThere = base.isPresent()
                        && again.point(base.get(), one.intent.vm()).isPresent();
                PointManifest point = Vaults.backup(
                        again,
                        baseIsThere ? one.intent : Vaults.intent(one.intent.vm(), one.intent.job(), Optional.empty()),
                        one.source);
                assertThat(point.job()).isEqualTo(one.intent.job());
            }
        }
    }

    private void check(Vault vault) {
        for (String vm : vault.vms()) {
            List<PointManifest> points = vault.points(vm);
            assertThat(points).extracting(PointManifest::job).doesNotHaveDuplicates();
            for (PointManifest point : points) {
                Vaults.assertRestores(vault, point, "vda", Objects.requireNonNull(model.get(point.job())));
            }
            assertThat(vault.checkChain(vm, Optional.empty()).findings()).isEmpty();
        }
    }

    /** Two collections later nothing is left but what points need. */
    private void cleanedUp(Vault vault) {
        CollectOptions last = new CollectOptions(
                false, Optional.of(Duration.ZERO), false, Map.of(), MonotonicClock.system(), sessions -> {});
        vault.collect(last);
        vault.collect(last);
        check(vault);
        Set<String> needed = new java.util.HashSet<>();
        vault.vms()
                .forEach(vm -> vault.points(vm).forEach(point -> point.packs().forEach(needed::add)));
        assertThat(store.objects.keySet())
                .filteredOn(key -> key.startsWith("packs/"))
                .extracting(key -> key.substring(9))
                .containsExactlyInAnyOrderElementsOf(needed);
        // The record of a session that died without a pack stays until it is in the way of something.
        assertThat(store.objects.keySet())
                .filteredOn(key -> key.matches("(journal|beats)/.*"))
                .isEmpty();
    }
}
