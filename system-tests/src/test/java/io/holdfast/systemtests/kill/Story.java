package io.holdfast.systemtests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Requests;
import io.holdfast.api.point.PointInfo;
import io.holdfast.systemtests.kill.Arrow.Operation;
import io.holdfast.systemtests.kill.Message.When;
import io.holdfast.systemtests.kill.PausedVm.Power;
import io.holdfast.testkit.proxy.Hold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One VM and the backups taken of it, each with independent copies of its disks; knows what has to be true after each job. */
final class Story {

    /** How many restores run side by side at the end. */
    private static final int AT_A_TIME = 4;

    static final String MANIFEST = "PUT /holdfast/vault/points/";
    private static final String PACK = "GET /holdfast/vault/packs/";

    private final SuiteUnderTest suite;
    private final PausedVm vm;
    private final LeakCheck leaks;
    private final Map<UUID, Map<String, Path>> points = new LinkedHashMap<>();
    private final Map<UUID, String> madeAt = new HashMap<>();
    private String now = "before the first arrow";
    private int restored;

    Story(SuiteUnderTest suite, Random random) throws IOException, InterruptedException {
        this.suite = suite;
        this.vm = new PausedVm(suite.libvirt(), "vm", random);
        this.leaks = new LeakCheck(suite, vm);
    }

    /** What happens between a job's start and its end. */
    interface Disturbance {
        Disturbance NONE = job -> {};

        void to(UUID job) throws IOException, InterruptedException;
    }

    /** Backs up the running VM. */
    JobInfo backup(Disturbance meanwhile) throws IOException, InterruptedException {
        return backup(Power.PAUSED, meanwhile);
    }

    /** Backs up a VM in this state; whatever is done meanwhile, one right point comes out, and nothing else. */
    JobInfo backup(Power power, Disturbance meanwhile) throws IOException, InterruptedException {
        suite.awaitReady();
        vm.become(Power.PAUSED);
        Map<String, Path> copies = vm.scribble();
        vm.become(power);
        BackupKind kind = points.isEmpty() ? BackupKind.FULL : BackupKind.INCREMENTAL;
        JobInfo job = suite.catalog()
                .backup(new Requests.Backup(SuiteUnderTest.SOURCE + "/" + vm.name(), SuiteUnderTest.VAULT, kind, null));
        meanwhile.to(job.id());
        JobInfo end = succeeded(job.id());
        points.put(pointOf(end), copies);
        madeAt.put(pointOf(end), now);
        whole();
        assertThat(vm.power()).as("the VM is as it was").isEqualTo(power);
        if (power != Power.SAVED) {
            // A helper's bitmaps would not be the VM's: there is no checkpoint.
            assertThat(leaks.checkpoints(suite.libvirt().virsh()))
                    .as("the new point's checkpoint is promoted")
                    .anyMatch(c -> c.contains(newest().toString()));
        }
        return end;
    }

    /** A backup that somebody cancels: it ends as a point or as none, and the VM's disks are what they were. */
    void cancelledBackup(Disturbance cancel) throws IOException, InterruptedException {
        suite.awaitReady();
        vm.become(Power.PAUSED);
        Map<String, Path> copies = vm.scribble();
        JobInfo job = suite.catalog()
                .backup(new Requests.Backup(
                        SuiteUnderTest.SOURCE + "/" + vm.name(), SuiteUnderTest.VAULT, BackupKind.INCREMENTAL, null));
        cancel.to(job.id());
        JobInfo end = ended(job.id());
        assertThat(end.state()).isIn(JobState.CANCELLED, JobState.SUCCEEDED);
        if (end.state() == JobState.SUCCEEDED) {
            points.put(pointOf(end), copies);
        }
        whole();
        assertThat(vm.power()).isEqualTo(Power.PAUSED);
        assertThat(vm.differences(copies)).isEmpty();
    }

    /** The same of a restore in the VM's place. */
    void cancelledRestoreInPlace(Disturbance cancel) throws IOException, InterruptedException {
        suite.awaitReady();
        vm.become(Power.PAUSED);
        Map<String, Path> copies = vm.scribble();
        Map<String, String> disks = vm.disks();
        JobInfo job =
                suite.catalog().restore(new Requests.Restore(newest(), null, null, true, null, null, null, false));
        cancel.to(job.id());
        JobInfo end = ended(job.id());
        assertThat(end.state()).isIn(JobState.CANCELLED, JobState.SUCCEEDED);
        settled();
        assertThat(suite.libvirt().virsh().domains()).containsExactly(vm.name());
        boolean cancelled = end.state() == JobState.CANCELLED;
        assertThat(vm.power()).isEqualTo(cancelled ? Power.PAUSED : Power.OFF);
        assertThat(vm.disks().equals(disks)).as("it has its old disks").isEqualTo(cancelled);
        assertThat(vm.differences(cancelled ? copies : points.getOrDefault(newest(), Map.of())))
                .isEmpty();
    }

    private static UUID pointOf(JobInfo end) {
        assertThat(end.result()).isNotNull();
        return UUID.fromString(end.result().path("id").asText());
    }

    /** Whether there is one point for each job, and nothing else anywhere. */
    void whole() throws IOException, InterruptedException {
        assertThat(visible()).as("points, one for each job").containsExactlyInAnyOrderElementsOf(points.keySet());
        assertThat(suite.vault().manifests()).as("manifests in the vault").hasSameSizeAs(points.keySet());
        settled();
    }

    /** Restores the newest point; whatever is done meanwhile, the VM is there, right, and nothing else. */
    void restore(Disturbance meanwhile) throws IOException, InterruptedException {
        restore(newest(), meanwhile);
    }

    /** Some at a time. */
    void restoreAll() throws IOException, InterruptedException {
        suite.awaitReady();
        Queue<UUID> waiting = new ArrayDeque<>(points.keySet());
        while (!waiting.isEmpty()) {
            Map<String, UUID> names = new LinkedHashMap<>();
            List<UUID> jobs = new ArrayList<>();
            for (int i = 0; i < AT_A_TIME && !waiting.isEmpty(); i++) {
                UUID point = waiting.remove();
                String name = "restored-" + ++restored;
                names.put(name, point);
                jobs.add(restoreAs(name, point));
            }
            for (UUID job : jobs) {
                succeeded(job);
            }
            settled();
            assertThat(suite.libvirt().virsh().domains())
                    .containsExactlyInAnyOrderElementsOf(Stream.concat(Stream.of(vm.name()), names.keySet().stream())
                            .toList());
            for (var restored : names.entrySet()) {
                right(restored.getKey(), restored.getValue());
            }
        }
    }

    private UUID restoreAs(String name, UUID point) throws InterruptedException {
        return suite.catalog()
                .restore(new Requests.Restore(point, null, name, false, "default", null, null, false))
                .id();
    }

    /** Whether the restored VM is what was backed up; it goes. */
    private void right(String name, UUID point) throws IOException, InterruptedException {
        assertThat(vm.differencesOf(name, points.getOrDefault(point, Map.of())))
                .as("%s, whose point was made at: %s", name, madeAt.get(point))
                .isEmpty();
    }

    private UUID newest() {
        return points.keySet().stream().toList().getLast();
    }

    private void restore(UUID point, Disturbance meanwhile) throws IOException, InterruptedException {
        suite.awaitReady();
        String name = "restored-" + ++restored;
        UUID job = restoreAs(name, point);
        meanwhile.to(job);
        succeeded(job);
        settled();
        assertThat(suite.libvirt().virsh().domains()).containsExactlyInAnyOrder(vm.name(), name);
        right(name, point);
    }

    /**
     * Puts the newest point in the place of the VM's changed disks and starts it; whatever is done meanwhile, the VM is there
     * all the time, with all disks, and in the end with the point's and no others.
     */
    void restoreInPlace(Disturbance meanwhile) throws IOException, InterruptedException {
        suite.awaitReady();
        vm.become(Power.PAUSED);
        vm.scribble();
        Collection<String> replaced = vm.disks().values();
        try (AlwaysWhole always = new AlwaysWhole(vm)) {
            JobInfo job =
                    suite.catalog().restore(new Requests.Restore(newest(), null, null, true, null, null, null, true));
            meanwhile.to(job.id());
            succeeded(job.id());
            settled();
            assertThat(always.broken()).isEmpty();
        }
        assertThat(suite.libvirt().virsh().domains()).containsExactly(vm.name());
        assertThat(vm.power()).as("it was to be started").isEqualTo(Power.PAUSED);
        vm.become(Power.PAUSED);
        assertThat(replaced).as("replaced disks").noneMatch(file -> Files.exists(Path.of(file)));
        assertThat(vm.differences(points.getOrDefault(newest(), Map.of()))).isEmpty();
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

    /** Kills at the arrow; the point that a backup makes is looked at by {@link #restoreAll}. */
    void survives(Arrow arrow) throws IOException, InterruptedException {
        now = arrow.toString();
        Message message = arrow.message();
        if (message.when() == When.MANY_CHECKPOINTS) {
            manyCheckpoints();
        }
        if (arrow.operation() == Operation.RESTORE_IN_PLACE
                && leaks.checkpoints(suite.libvirt().virsh()).isEmpty()) {
            // The last restore in place forgot them; without one there would be nothing to forget.
            backup(Disturbance.NONE);
        }
        suite.awaitReady();
        if (message.link().madeByTheOperation()) {
            survivesAtNewSocket(arrow);
            return;
        }
        Hold fill = message.slow() && !arrow.operation().isBackup() ? heldFillCall() : null;
        Hold hold = suite.links().hold(message, arrow.side());
        run(arrow.operation(), job -> strike(arrow, hold, message.slow() ? pace(fill) : null));
    }

    /** The socket is there when the view is open, or when the pull is to begin. */
    private void survivesAtNewSocket(Arrow arrow) throws IOException, InterruptedException {
        boolean backup = arrow.operation().isBackup();
        Hold before = backup
                ? suite.links().proxy(Link.WORKER_SNAPSHOT).hold(Hold.Side.REPLY, "POST /api/v1/views HTTP/1.1", 1)
                : heldFillCall();
        run(arrow.operation(), job -> {
            assertThat(before.awaitReached(Duration.ofSeconds(60))).isTrue();
            suite.links().interpose(arrow.message().link(), suite.home().nbd());
            Hold hold = suite.links().hold(arrow.message(), arrow.side());
            before.release();
            strike(arrow, hold, null);
            // Before a server that starts again would find somebody listening at its place.
            suite.links().withdraw(arrow.message().link(), true);
        });
    }

    /** One operation, undisturbed but for what is given. */
    void run(Operation operation, Disturbance meanwhile) throws IOException, InterruptedException {
        switch (operation) {
            case BACKUP, BACKUP_OFF, BACKUP_SAVED -> backup(power(operation), meanwhile);
            case RESTORE -> restore(meanwhile);
            case RESTORE_IN_PLACE -> restoreInPlace(meanwhile);
        }
    }

    /** Backs up until the next backup has a checkpoint to drop. */
    void manyCheckpoints() throws IOException, InterruptedException {
        do {
            backup(Disturbance.NONE);
        } while (leaks.checkpoints(suite.libvirt().virsh()).size() < 2);
    }

    /** Keeps an operation from getting on, so that renewals come; release what is answered. */
    private Hold pace(@Nullable Hold fill) throws InterruptedException {
        return fill == null ? heldCommit() : heldFill(fill);
    }

    /** The call with which a restore's pull begins. */
    Hold heldFillCall() {
        return suite.links().proxy(Link.RESTORE_SNAPSHOT).hold(Hold.Side.REQUEST, "/fill HTTP/1.1", 1);
    }

    private static Power power(Operation backup) {
        return switch (backup) {
            case BACKUP_OFF -> Power.OFF;
            case BACKUP_SAVED -> Power.SAVED;
            default -> Power.PAUSED;
        };
    }

    private void strike(Arrow arrow, Hold hold, @Nullable Hold pace) throws InterruptedException {
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
        return suite.links().proxy(Link.WORKER_OBJECTS).hold(Hold.Side.REQUEST, MANIFEST, 1);
    }

    /** Keeps a restore's pull from getting on, once it is to begin. */
    Hold heldFill(Hold fill) throws InterruptedException {
        assertThat(fill.awaitReached(Duration.ofSeconds(60))).isTrue();
        Hold pack = suite.links().proxy(Link.WORKER_OBJECTS).hold(Hold.Side.REQUEST, PACK, 1);
        fill.release();
        return pack;
    }
}
