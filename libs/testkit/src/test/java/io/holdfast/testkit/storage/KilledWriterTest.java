package io.holdfast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.directory.DirectoryObjectStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledWriterTest {

    private static final int ROUNDS = Boolean.getBoolean("holdfast.all") ? 40 : 5;

    @TempDir
    private Path root;

    @Test
    void a_writer_killed_at_any_moment_leaves_whole_objects_or_none_and_loses_no_acknowledged_one() throws Exception {
        long seed = Long.getLong("holdfast.seed", new Random().nextLong());
        System.out.println("seed: -Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        Set<Integer> acknowledged = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            acknowledged.addAll(runAndKill(round * 1_000_000, random.nextInt(400)));
        }
        try (ObjectStore store = DirectoryObjectStore.open(root, InstantSource.system())) {
            Set<Integer> present = new HashSet<>();
            for (ObjectInfo info : all(store)) {
                int number = Integer.parseInt(info.key().value().replaceFirst(".*/", ""));
                assertThat(store.get(info.key(), 1_000_000)).contains(PuttingChild.body(number));
                present.add(number);
            }
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ROUNDS);
            assertThat(present).containsAll(acknowledged);
        }
        leftoversGoWhenTheStoreIsOpenedLater();
    }

    /** Kills some milliseconds after the first acknowledgement; gives the acknowledged numbers. */
    private Set<Integer> runAndKill(int firstNumber, int milliseconds) throws IOException, InterruptedException {
        List<String> command = ChildProcess.command(PuttingChild.class, root.toString(), Integer.toString(firstNumber));
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Set<Integer> acknowledged = new HashSet<>();
        try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
            acknowledged.add(Integer.valueOf(output.readLine()));
            Thread killer = Thread.ofVirtual().start(() -> killAfter(child, milliseconds));
            output.lines().map(Integer::valueOf).forEach(acknowledged::add);
            killer.join();
        }
        assertThat(child.waitFor()).as("killed, not failed").isEqualTo(128 + 9);
        return acknowledged;
    }

    private static void killAfter(Process child, int milliseconds) {
        try {
            child.waitFor(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // By its handle: Process's own method would throw away what the child has printed.
            child.toHandle().destroyForcibly();
        }
    }

    private void leftoversGoWhenTheStoreIsOpenedLater() throws IOException {
        Instant later = InstantSource.system().instant().plus(Duration.ofHours(1));
        DirectoryObjectStore.open(root, () -> later).close();
        try (Stream<Path> left = Files.list(root.resolve(".tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    private static List<ObjectInfo> all(ObjectStore store) {
        try (Stream<ObjectInfo> objects = store.list("")) {
            return objects.toList();
        }
    }
}
