package io.holdfast.systemtests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.testkit.proxy.Hold;
import io.holdfast.testkit.proxy.Hold.Side;
import io.holdfast.testkit.proxy.HoldingProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two workers, one of them slow past its lease: whoever reaches the manifest first, there is exactly one point. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoWorkersTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** An attempt that misses its heartbeat because other tests have the processors is not what is looked at. */
    private static final int LEASE_SECONDS = 15;

    private static final List<String> WORKERS = List.of("backup-worker", "backup-worker-2");

    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private SuiteUnderTest suite;
    private Story story;
    private HoldingProxy objects;
    private boolean spoilt;

    @RegisterExtension
    final AfterTestExecutionCallback remember =
            test -> spoilt |= test.getExecutionException().isPresent();

    @BeforeAll
    void start() throws IOException, InterruptedException {
        System.out.println("seed: -Dholdfast.seed=" + seed);
        fresh();
    }

    /** What a test that failed has left, held messages and a job that its story does not know, is not the next one's. */
    @BeforeEach
    void freshAfterAFailure() throws IOException, InterruptedException {
        if (spoilt) {
            suite.close();
            fresh();
            spoilt = false;
        }
    }

    private void fresh() throws IOException, InterruptedException {
        suite = SuiteUnderTest.withWorkers(LEASE_SECONDS, WORKERS.getLast());
        story = new Story(suite, new Random(seed));
        objects = suite.links().proxy(Link.WORKER_OBJECTS);
    }

    @AfterAll
    void stop() throws IOException {
        if (suite != null) {
            suite.close();
        }
    }

    @Test
    void a_slow_worker_whose_manifest_arrives_after_the_winner_s_changes_nothing()
            throws IOException, InterruptedException {
        Map<String, Hold> viewed = viewed();
        Hold slowPut = objects.hold(Side.REQUEST, Story.MANIFEST, 1);
        var end = story.backup(job -> whileStopped(job, slowPut, viewed, () -> {
            story.ended(job);
            Hold refused = objects.hold(Side.ANSWER, "HTTP/1.1 412", 1);
            refused.release();
            slowPut.release();
            await("the late manifest is refused").atMost(PATIENCE).until(refused::isReached);
        }));
        assertThat(end.attempt()).isEqualTo(2);
        story.whole();
        story.restore(Story.Disturbance.NONE);
    }

    @Test
    void a_slow_worker_whose_manifest_arrives_first_has_made_the_point_that_the_other_adopts()
            throws IOException, InterruptedException {
        Map<String, Hold> viewed = viewed();
        int before = suite.vault().manifests().size();
        Hold slowPut = objects.hold(Side.REQUEST, Story.MANIFEST, 1);
        var end = story.backup(job -> whileStopped(job, slowPut, viewed, () -> {
            Hold otherPut = objects.hold(Side.REQUEST, Story.MANIFEST, 1);
            assertThat(otherPut.awaitReached(PATIENCE)).isTrue();
            slowPut.release();
            await().atMost(PATIENCE).until(() -> suite.vault().manifests().size() == before + 1);
            otherPut.release();
            story.ended(job);
        }));
        assertThat(end.attempt()).isEqualTo(2);
        story.whole();
        story.restore(Story.Disturbance.NONE);
    }

    @Test
    void a_reply_lost_after_the_manifest_was_stored_is_not_an_error() throws IOException, InterruptedException {
        int before = suite.vault().manifests().size();
        Hold put = objects.hold(Side.REPLY, Story.MANIFEST, 1);
        var end = story.backup(job -> {
            assertThat(put.awaitReached(PATIENCE)).isTrue();
            await().atMost(PATIENCE).until(() -> suite.vault().manifests().size() == before + 1);
            put.cut();
        });
        assertThat(end.attempt()).as("the first attempt found out by itself").isEqualTo(1);
        story.restore(Story.Disturbance.NONE);
    }

    private Map<String, Hold> viewed() {
        return WORKERS.stream().collect(Collectors.toMap(Function.identity(), worker -> {
            Hold hold = suite.links()
                    .proxy(worker, "snapshot-service")
                    .hold(Side.REQUEST, "POST /api/v1/views HTTP/1.1", 1);
            hold.release();
            return hold;
        }));
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Waits for the manifest, and stops the worker that sent it: its lease runs out, and it does not know. When it goes on, its
     * own clock tells it so: it ends the attempt without a word to the catalog, having done by then whatever it was going to do.
     */
    private void whileStopped(UUID job, Hold put, Map<String, Hold> viewed, Step step)
            throws IOException, InterruptedException {
        assertThat(put.awaitReached(PATIENCE)).isTrue();
        String slow = viewed.entrySet().stream()
                .filter(e -> e.getValue().isReached())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
        Hold said =
                suite.links().proxy(slow, "catalog-service").hold(Side.REQUEST, "/jobs/" + job + "/end HTTP/1.1", 1);
        said.release();
        suite.signal(slow, "STOP");
        try {
            step.run();
        } finally {
            suite.signal(slow, "CONT");
        }
        await("the slow worker's attempt is over").atMost(PATIENCE).until(() -> suite.runningJobs(slow) == 0);
        assertThat(said.isReached()).as("the slow worker says how it ended").isFalse();
    }
}
