package io.holdfast.systemtests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Requests;
import io.holdfast.api.point.PointInfo;
import io.holdfast.testkit.proxy.Hold;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;

/** One VM and the backups taken of it, each with independent copies of its disks; knows what has to be true after each job. */
final class Story {

    static final String MANIFEST = "PUT /holdfast/vault/points/";
    private static final String PACK = "GET /holdfast/vault/packs/";

    private final SuiteUnderTest suite;
    private final PausedVm vm;
    private final LeakCheck leaks;
    private final Map<UUID, Map<String, Path>> points = new LinkedHashMap<>();
    private int restored;

    Story(SuiteUnderTest suite, Random random) throws IOException, InterruptedException {
        this.suite = suite;
        this.vm = new PausedVm(suite.libvirt(), "vm", random);
        this.leaks = new LeakCheck(suite, vm.name());
    }

    /** What happens between a job's start and its end. */
    interface Disturbance {
        Disturbance NONE = job -> {};

        void to(UUID job) throws IOException, InterruptedException;
    }

    /** Backs up; whatever is done to it meanwhile, one right point comes out, and nothing else. */
    JobInfo backup(Disturbance meanwhile) throws IOException, InterruptedException {
        suite.awaitReady();
        Map<String, Path> copies = vm.scribble();
        BackupKind kind = points.isEmpty() ? BackupKind.FULL : BackupKind.INCREMENTAL;
        JobInfo job = suite.catalog()
                .backup(new Requests.Backup(SuiteUnderTest.SOURCE + "/" + vm.name(), SuiteUnderTest.VAULT, kind, null));
        meanwhile.to(job.id());
        JobInfo end = succeeded(job.id());
        assertThat(end.result()).isNotNull();
        points.put(UUID.fromString(end.result().path("id").asText()), copies);
        assertThat(visible()).as("points, one for each job").containsExactlyInAnyOrderElementsOf(points.keySet());
        assertThat(suite.manifests()).as("manifests in the vault").hasSameSizeAs(points.keySet());
        settled();
        assertThat(leaks.checkpoints(suite.libvirt().virsh()))
                .as("the new point's checkpoint is promoted")
                .anyMatch(c ->
                        c.contains(points.keySet().stream().toList().getLast().toString()));
        return end;
    }

    /** Restores the newest point; whatever is done meanwhile, the VM is there, right, and nothing else. */
    void restore(Disturbance meanwhile) throws IOException, InterruptedException {
        restore(points.keySet().stream().toList().getLast(), meanwhile);
    }

    void restoreAll() throws IOException, InterruptedException {
        for (UUID point : points.keySet()) {
            restore(point, Disturbance.NONE);
        }
    }

    private void restore(UUID point, Disturbance meanwhile) throws IOException, InterruptedException {
        suite.awaitReady();
        String name = "restored-" + ++restored;
        JobInfo job =
                suite.catalog().restore(new Requests.Restore(point, null, name, false, "default", null, null, false));
        meanwhile.to(job.id());
        succeeded(job.id());
        settled();
        assertThat(suite.libvirt().virsh().domains()).containsExactlyInAnyOrder(vm.name(), name);
        assertThat(vm.differencesOf(name, points.getOrDefault(point, Map.of()))).isEmpty();
    }

    /** Waits for the job's end, which supervision alone has to bring about. */
    private JobInfo succeeded(UUID job) {
        JobInfo end = ended(job);
        assertThat(end.state()).as("%s: %s", end.errorCode(), end.error()).isEqualTo(JobState.SUCCEEDED);
        return end;
    }

    JobInfo ended(UUID job) {
        return await("job " + job)
                .atMost(SuiteUnderTest.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> suite.catalog().job(job), j -> j.endedAt() != null);
    }

    private List<UUID> visible() throws InterruptedException {
        return suite.catalog().points(null, null).stream().map(PointInfo::id).toList();
    }

    private void settled() {
        await("nothing is left")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(leaks.leaks(points.keySet().stream().collect(Collectors.toUnmodifiableSet())))
                                .isEmpty());
    }

    // ----- arrows

    /** Kills at the arrow. */
    void survives(Arrow arrow) throws IOException, InterruptedException {
        suite.awaitReady();
        if (arrow.operation() == Arrow.Operation.BACKUP) {
            Hold hold = suite.proxy(arrow.link()).hold(arrow.side(), arrow.pattern(), 1);
            backup(job -> strike(arrow, hold, arrow.slow() ? heldCommit() : null));
            restore(Disturbance.NONE);
        } else {
            Hold fill = suite.proxy(Link.RESTORE_SNAPSHOT).hold(Hold.Side.REQUEST, "/fill HTTP/1.1", 1);
            if (!arrow.slow()) {
                fill.release();
            }
            Hold hold = suite.proxy(arrow.link()).hold(arrow.side(), arrow.pattern(), 1);
            restore(job -> strike(arrow, hold, arrow.slow() ? heldFill(fill) : null));
        }
    }

    private void strike(Arrow arrow, Hold hold, @org.jspecify.annotations.Nullable Hold pace)
            throws InterruptedException {
        try {
            assertThat(hold.awaitReached(Duration.ofSeconds(60)))
                    .as("%s comes", arrow)
                    .isTrue();
            suite.kill(arrow.victim());
        } finally {
            if (hold.isReached()) {
                hold.cut();
            } else {
                hold.release();
            }
            if (pace != null) {
                pace.release();
            }
        }
    }

    /** Keeps a backup from committing, so that renewals come; release it. */
    Hold heldCommit() {
        return suite.proxy(Link.WORKER_OBJECTS).hold(Hold.Side.REQUEST, MANIFEST, 1);
    }

    /** Keeps a restore's pull from getting on, once it is to begin. */
    Hold heldFill(Hold fill) throws InterruptedException {
        assertThat(fill.awaitReached(Duration.ofSeconds(60))).isTrue();
        Hold pack = suite.proxy(Link.WORKER_OBJECTS).hold(Hold.Side.REQUEST, PACK, 1);
        fill.release();
        return pack;
    }
}
