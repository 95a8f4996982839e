package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class TargetTest extends Suite {

    private static final long ODD = 3 * MIB + 512;

    private final UUID job = UUID.randomUUID();
    private final List<Process> servers = new ArrayList<>();
    private final List<String> made = new ArrayList<>();

    @AfterEach
    void stopServers() {
        servers.forEach(Process::destroyForcibly);
        for (String name : made) {
            libvirt.quietly("destroy", name);
            libvirt.quietly("undefine", name);
        }
    }

    private Path content(long bytes, String pattern) {
        Path raw = libvirt.home.resolve("content-" + UUID.randomUUID() + ".raw");
        Shell.run("qemu-img", "create", "-q", "-f", "raw", raw.toString(), Long.toString(bytes));
        Shell.run("qemu-io", "-f", "raw", "-c", "write -P " + pattern + " 64k 1M", raw.toString());
        return raw;
    }

    private NbdEndpoint serve(Path raw) {
        try {
            Path socket = libvirt.home.resolve(
                    "s" + servers.size() + "-" + job.toString().substring(0, 8));
            servers.add(new ProcessBuilder(
                            "qemu-nbd",
                            "-r",
                            "-t",
                            "-e",
                            "4",
                            "-f",
                            "raw",
                            "-k",
                            socket.toString(),
                            "-x",
                            "point<&>",
                            raw.toString())
                    .inheritIO()
                    .start());
            Awaitility.await().until(() -> java.nio.file.Files.exists(socket));
            return new NbdEndpoint.Unix(socket.toString(), "point<&>");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private OpenTarget request(TestVm of, @Nullable String name, @Nullable String inPlace) {
        return new OpenTarget(
                job,
                1,
                SOURCE,
                name,
                inPlace,
                libvirt.virsh("dumpxml", of.name, "--inactive"),
                null,
                null,
                List.of(
                        new OpenTarget.TargetDisk("vda", 4 * MIB, "qcow2", 2 * MIB),
                        new OpenTarget.TargetDisk("vdb", ODD, "qcow2", 2 * MIB)));
    }

    private TestVm original() {
        return vm(
                "o" + job.toString().substring(0, 8),
                new TestVm.Disk("vda", "qcow2", 4 * MIB),
                new TestVm.Disk("vdb", "raw", ODD));
    }

    private TargetInfo fill(Path vda, Path vdb) {
        api.fillTarget(job, new FillTarget(1, Map.of("vda", serve(vda), "vdb", serve(vdb))));
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> api.target(job), t -> t.state() != TargetInfo.State.FILLING);
    }

    private static void holds(String file, Path raw, Path scratch) {
        Shell.run("qemu-img", "convert", "-U", "-f", "qcow2", "-O", "raw", file, scratch.toString());
        same(scratch, raw);
    }

    @Test
    void aServedPointBecomesANewVmByteForByteAlsoOddSizes() {
        TestVm original = original();
        Path vda = content(4 * MIB, "0x21");
        Path vdb = content(ODD, "0x22");
        String name = "n" + original.name;
        made.add(name);
        assertThat(api.openTarget(request(original, name, null)).state()).isEqualTo(TargetInfo.State.PREPARED);
        TargetInfo filled = fill(vda, vdb);
        assertThat(filled.state()).as(filled.detail()).isEqualTo(TargetInfo.State.FILLED);
        assertThat(filled.disks()).allMatch(d -> d.filled() && d.doneBytes() == d.totalBytes());
        TargetInfo done = api.finishTarget(job, new FinishTarget(1, false));
        assertThat(api.finishTarget(job, new FinishTarget(1, false)).vmId()).isEqualTo(done.vmId());
        String definition = libvirt.virsh("dumpxml", name);
        assertThat(definition).doesNotContain(original.id).doesNotContain(".console");
        List<String> files = files(name);
        holds(files.get(0), vda, libvirt.home.resolve("a-" + job));
        holds(files.get(1), vdb, libvirt.home.resolve("b-" + job));
        api.abortTarget(job);
        assertThat(libvirt.virsh("list", "--all", "--name")).contains(name);
        libvirt.virsh("start", name, "--paused");
    }

    private List<String> files(String name) {
        List<String> files = new ArrayList<>();
        for (String line : libvirt.virsh("domblklist", name).split("\n", -1)) {
            if (!line.isBlank()) {
                files.add(line.strip().split("\\s+", -1)[1]);
            }
        }
        return files;
    }

    @Test
    void anAbortedTargetLeavesNothing() throws IOException {
        TestVm original = original();
        api.openTarget(request(original, "gone", null));
        api.fillTarget(
                job, new FillTarget(1, Map.of("vda", serve(content(4 * MIB, "1")), "vdb", serve(content(ODD, "2")))));
        api.abortTarget(job);
        api.abortTarget(job);
        api.abortTarget(UUID.randomUUID());
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.ABORTED);
        assertThat(api.leftovers()).isEmpty();
        try (var files = java.nio.file.Files.list(libvirt.pool)) {
            assertThat(files.map(Path::toString)).noneMatch(f -> f.contains("gone"));
        }
    }

    @Test
    void noTargetIsOpenedForAJobThatHasEnded() {
        TestVm original = original();
        api.settleTarget(job);
        assertThat(codeOf(() -> api.openTarget(request(original, "late", null))))
                .isEqualTo(ErrorCode.JOB_ENDED);
        assertThat(targets.byJob(job)).isEmpty();
        assertThat(api.leftovers()).isEmpty();
    }

    @Test
    void aPullThatFailsSaysWhyAndMayBeAskedAgain() {
        TestVm original = original();
        api.openTarget(request(original, "again", null));
        TargetInfo failed = fill(content(2 * MIB, "0x31"), content(ODD, "0x32"));
        assertThat(failed.state()).isEqualTo(TargetInfo.State.FAILED);
        assertThat(failed.detail()).contains("vda");
        assertThat(codeOf(() -> api.finishTarget(job, new FinishTarget(1, false))))
                .isEqualTo(ErrorCode.TARGET_FILL_FAILED);
        assertThat(fill(content(4 * MIB, "0x33"), content(ODD, "0x34")).state()).isEqualTo(TargetInfo.State.FILLED);
    }

    @Test
    void aNameThatExistsIsRefusedAndAnOddSizeAndAMissingPool() {
        TestVm original = original();
        assertThat(codeOf(() -> api.openTarget(request(original, original.name, null))))
                .isEqualTo(ErrorCode.VM_NAME_EXISTS);
        String definition = libvirt.virsh("dumpxml", original.name);
        assertThat(codeOf(() -> api.openTarget(new OpenTarget(
                        job,
                        1,
                        SOURCE,
                        "x",
                        null,
                        definition,
                        null,
                        null,
                        List.of(new OpenTarget.TargetDisk("vda", 1000, "raw", 0))))))
                .isEqualTo(ErrorCode.DISK_UNSUPPORTED);
        assertThat(codeOf(() -> api.openTarget(new OpenTarget(
                        job,
                        1,
                        SOURCE,
                        "x",
                        null,
                        definition,
                        "nopool",
                        null,
                        List.of(new OpenTarget.TargetDisk("vda", 1024, "raw", 0))))))
                .isEqualTo(ErrorCode.POOL_NOT_FOUND);
        assertThat(codeOf(() -> api.openTarget(new OpenTarget(
                        job,
                        1,
                        SOURCE,
                        "x",
                        null,
                        definition,
                        null,
                        null,
                        List.of(new OpenTarget.TargetDisk("vda", 1024, "raw", 1L << 50))))))
                .isEqualTo(ErrorCode.NO_SPACE);
        assertThat(codeOf(() -> api.target(job))).isEqualTo(ErrorCode.TARGET_NOT_FOUND);
    }

    @Test
    void inPlaceSwitchesAVmToTheRestoredDisksAndRemovesTheOldOnes() {
        TestVm original = original().start();
        UUID base = committed(original, vault, List.of());
        Path vda = content(4 * MIB, "0x41");
        Path vdb = content(ODD, "0x42");
        List<String> old = files(original.name);
        api.openTarget(request(original, null, original.id));
        assertThat(fill(vda, vdb).state()).isEqualTo(TargetInfo.State.FILLED);
        assertThat(api.finishTarget(job, new FinishTarget(1, false)).vmId()).isEqualTo(original.id);
        List<String> now = files(original.name);
        assertThat(now).doesNotContainAnyElementsOf(old);
        holds(now.get(0), vda, libvirt.home.resolve("ia-" + job));
        holds(now.get(1), vdb, libvirt.home.resolve("ib-" + job));
        assertThat(old).noneMatch(f -> java.nio.file.Files.exists(Path.of(f)));
        original.start();
        var view = api.openView(request(original, UUID.randomUUID(), UUID.randomUUID(), List.of(base)));
        assertThat(disk(view, "vda").fullReason()).contains("no checkpoint");
    }

    @Test
    void aRestartedServiceGoesOnWatchingAndAnExpiredTargetGoes() {
        TestVm original = original();
        api.openTarget(request(original, "watched", null));
        assertThat(fill(content(4 * MIB, "0x51"), content(ODD, "0x52")).state()).isEqualTo(TargetInfo.State.FILLED);
        targets.change(job, t -> t.with(TargetInfo.State.FILLING, null));
        reaper.reconcile();
        Awaitility.await().until(() -> api.target(job).state() == TargetInfo.State.FILLED);
        targets.change(job, t -> t.leased(1, Instant.EPOCH));
        reaper.reap();
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.ABORTED);
    }
}
