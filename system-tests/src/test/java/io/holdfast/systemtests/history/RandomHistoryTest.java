package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.point.PointInfo;
import io.holdfast.systemtests.history.PausedVm.Shape;
import io.holdfast.systemtests.history.RestoreCheck.Expected;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Random histories, 40 of them, with {@code -Dholdfast.all=true} 200, with {@code -Dholdfast.histories=} that many; a few at a
 * time, because each waits most of the time. The run's {@code -Dholdfast.seed=} chooses them all; each is named by its own
 * number, and {@code -Dholdfast.history=} repeats it.
 */
@OnTheGround
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RandomHistoryTest {

    private static final int AT_A_TIME = 4;
    private static final Duration SETTLED = Duration.ofSeconds(30);
    private static final Duration ENDED = Duration.ofMinutes(3);

    private final ExecutorService lanes = Executors.newFixedThreadPool(AT_A_TIME);

    @AfterAll
    void end() {
        lanes.shutdownNow();
    }

    @TestFactory
    Stream<DynamicTest> everyPointRestoresToTheBytesThatTheDisksHeldAtItsMoment(Ground ground) {
        Map<Long, Future<?>> running = new LinkedHashMap<>();
        seeds().forEach(seed -> running.put(seed, lanes.submit(() -> {
            history(ground, seed);
            return null;
        })));
        Stream<DynamicTest> histories = running.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest("history " + e.getKey(), () -> ended(e.getValue())));
        return Stream.concat(
                histories, Stream.of(DynamicTest.dynamicTest("nothing is left", () -> nothingIsLeft(ground))));
    }

    /** Fails as the history did. */
    private static void ended(Future<?> history) throws Throwable {
        try {
            history.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    /** A view is closed after its job's answer; until then its scratch is there. */
    private static void nothingIsLeft(Ground ground) {
        await().atMost(SETTLED)
                .untilAsserted(
                        () -> assertThat(ground.files()).as("files in the pool").isEmpty());
    }

    private static LongStream seeds() {
        Long one = Long.getLong("holdfast.history");
        if (one != null) {
            return LongStream.of(one);
        }
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("seed: -Dholdfast.seed=" + seed);
        int count = Integer.getInteger("holdfast.histories", Boolean.getBoolean("holdfast.all") ? 200 : 40);
        return new Random(seed).longs(count, 0, 1_000_000_000L);
    }

    private static void history(Ground ground, long seed) throws IOException, InterruptedException {
        Random random = new Random(seed);
        long started = System.nanoTime();
        PausedVm vm = new PausedVm(ground, "h" + seed, shapes(random)).start();
        try {
            new History(ground, vm, random).run();
        } finally {
            vm.remove();
        }
        // Only after success: a failure would be hidden behind what it left.
        assertThat(ground.files()).as("files left in the pool").noneMatch(file -> file.contains(vm.name() + "-"));
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        System.out.println("-Dholdfast.history=" + seed + " is right after " + took.toMillis() + " ms");
    }

    /** One to three disks of 4 to 14 MiB, of sizes that no cluster divides; raw now and then, so that some VMs have no other. */
    private static List<Shape> shapes(Random random) {
        List<Shape> shapes = new ArrayList<>();
        int disks = 1 + random.nextInt(3);
        for (int i = 0; i < disks; i++) {
            long bytes = (4L << 20) + 512L * random.nextInt(10 << 11);
            boolean raw = random.nextInt(3) == 0;
            shapes.add(new Shape(raw ? "raw" : "qcow2", bytes % (64 << 10) == 0 ? bytes + 512 : bytes));
        }
        return shapes;
    }

    /** One virtual machine's. */
    private static final class History {
        private final Ground ground;
        private final PausedVm vm;
        private final Random random;
        private final Path copies;
        private final RandomWrites writes;
        private final List<Expected> points = new ArrayList<>();
        private int snapshots;

        History(Ground ground, PausedVm vm, Random random) throws IOException {
            this.ground = ground;
            this.vm = vm;
            this.random = random;
            this.copies = ground.scratch(vm.name());
            this.writes = new RandomWrites(random, RandomWrites.noise(random, copies));
        }

        void run() throws IOException, InterruptedException {
            int count = 2 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                write();
                chain();
                write();
                backup(i == 0 ? BackupKind.FULL : BackupKind.INCREMENTAL, copies.resolve("p" + i));
            }
            while (snapshots > 0) {
                consolidate();
            }
            new RestoreCheck(ground).all("r" + vm.name(), points);
            Ground.deleteTree(copies);
        }

        private void write() throws IOException, InterruptedException {
            List<PausedVm.Io> all = new ArrayList<>();
            for (int disk = 0; disk < vm.shapes().size(); disk++) {
                for (int n = random.nextInt(12); n > 0; n--) {
                    all.add(new PausedVm.Io(
                            disk, writes.next(vm.shapes().get(disk).bytes())));
                }
            }
            if (!all.isEmpty()) {
                vm.io(all);
            }
        }

        /** Now and then a snapshot, or the end of one. */
        private void chain() throws IOException, InterruptedException {
            switch (random.nextInt(5)) {
                case 0 -> {
                    ground.front().snapshot(vm.name(), "s" + ++snapshots);
                }
                case 1 -> {
                    if (snapshots > 0) {
                        consolidate();
                    }
                }
                default -> {}
            }
        }

        /** The disks change while the overlay is taken down. */
        private void consolidate() throws IOException, InterruptedException {
            JobInfo job = ground.front().startDeleteSnapshot(vm.name(), "s" + snapshots--);
            write();
            ground.front().finish(job);
        }

        private void backup(BackupKind kind, Path copies) throws IOException, InterruptedException {
            List<Path> disks = vm.copies(copies);
            // The last backup's view is closed after its job's answer: it is not to be taken for this one's.
            await().atMost(SETTLED).until(() -> !vm.frozen());
            JobInfo job = ground.front().startBackup(vm.name(), Ground.VAULT, kind);
            if (random.nextBoolean()) {
                // What is written from the moment on belongs to the next point.
                await().atMost(ENDED)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> vm.frozen() || ground.front().ended(job));
                write();
            }
            PointInfo point = ground.front().point(job);
            expectedKind(kind, point);
            points.add(new Expected(point, disks));
            assertThat(vm.state()).isEqualTo("paused");
            for (PointInfo.PointDisk disk : point.disks()) {
                expectedRead(kind, disk);
            }
        }

        /** A point of raw disks alone counts from nothing: it is a full one, whatever was asked for. */
        private void expectedKind(BackupKind asked, PointInfo point) {
            boolean counts = asked == BackupKind.INCREMENTAL
                    && vm.shapes().stream().anyMatch(shape -> shape.format().equals("qcow2"));
            assertThat(point.kind()).as(point.toString()).isEqualTo(counts ? BackupKind.INCREMENTAL : BackupKind.FULL);
            assertThat(point.base())
                    .as(point.toString())
                    .isEqualTo(counts ? points.getLast().point().id() : null);
        }

        private void expectedRead(BackupKind asked, PointInfo.PointDisk disk) {
            boolean raw = vm.shapes().get(disk.key().charAt(2) - 'a').format().equals("raw");
            boolean full = asked == BackupKind.FULL || raw;
            assertThat(disk.read()).as(disk.toString()).isEqualTo(full ? "full" : "changed");
            if (raw && asked == BackupKind.INCREMENTAL) {
                // Also below the overlay of a snapshot, which could keep a bitmap, but not of what lies beneath.
                assertThat(disk.fullReason()).as(disk.toString()).contains("raw");
            }
        }
    }
}
