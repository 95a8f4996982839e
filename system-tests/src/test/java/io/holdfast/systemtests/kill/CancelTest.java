package io.holdfast.systemtests.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.job.JobInfo;
import io.holdfast.testkit.proxy.Hold;
import io.holdfast.testkit.proxy.Hold.Side;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A job that is cancelled while it runs either did not happen or happened, and the VM does not notice. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CancelTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String PACK = "/holdfast/vault/packs/";

    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private SuiteUnderTest suite;
    private Story story;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        System.out.println("seed: -Dholdfast.seed=" + seed);
        suite = new SuiteUnderTest();
        story = new Story(suite, new Random(seed));
        story.backup(Story.Disturbance.NONE);
    }

    @AfterAll
    void stop() throws IOException {
        if (suite != null) {
            suite.close();
        }
    }

    @Test
    void a_backup_that_is_cancelled_while_it_writes_leaves_nothing_and_the_next_is_right()
            throws IOException, InterruptedException {
        cancelledBackup("PUT " + PACK);
    }

    @Test
    void a_backup_that_is_cancelled_at_its_commit_is_a_point_or_is_none() throws IOException, InterruptedException {
        cancelledBackup(Story.MANIFEST);
    }

    private void cancelledBackup(String request) throws IOException, InterruptedException {
        Hold hold = suite.links().proxy(Link.WORKER_OBJECTS).hold(Side.REQUEST, request, 1);
        story.cancelledBackup(job -> cancel(job, hold));
        story.backup(Story.Disturbance.NONE);
        story.restore(Story.Disturbance.NONE);
    }

    @Test
    void a_restore_in_place_that_is_cancelled_while_it_reads_leaves_the_vm_its_disks()
            throws IOException, InterruptedException {
        story.backup(Story.Disturbance.NONE);
        Hold fill = story.heldFillCall();
        story.cancelledRestoreInPlace(job -> cancel(job, story.heldFill(fill)));
        story.restoreInPlace(Story.Disturbance.NONE);
    }

    private void cancel(UUID job, Hold hold) throws InterruptedException {
        try {
            assertThat(hold.awaitReached(PATIENCE)).isTrue();
            JobInfo asked = suite.catalog().cancelJob(job);
            assertThat(asked.cancelRequested()).isTrue();
        } finally {
            hold.release();
        }
    }
}
