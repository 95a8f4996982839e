package io.holdfast.snapshot;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.Puller;
import io.holdfast.snapshot.app.RestoreTargets;
import io.holdfast.snapshot.app.TargetEnd;
import io.holdfast.snapshot.app.TargetOperations;
import io.holdfast.snapshot.app.VmLocks;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What tests of restore targets share: points that a foreign NBD server serves, and one job's target. */
abstract class TargetSuite extends Suite {

    static final long ODD = 3 * MIB + 512;
    static final OpenTarget.TargetDisk VDA = new OpenTarget.TargetDisk("vda", 4 * MIB, "qcow2", 2 * MIB);

    @Inject
    TargetEnd.Tables tables;

    @Inject
    Drivers drivers;

    @Inject
    Puller puller;

    @Inject
    InstantSource clock;

    final UUID job = UUID.randomUUID();
    private final List<Process> servers = new ArrayList<>();
    final List<String> made = new ArrayList<>();

    @AfterEach
    void stopServers() {
        servers.forEach(Process::destroyForcibly);
        for (String name : made) {
            libvirt.quietly("destroy", name);
            libvirt.quietly("undefine", name);
        }
    }

    /** The service's own end of targets, with something before each call to the hypervisor. */
    TargetEnd endBehind(VmLocks locks, Between.Before before) {
        Drivers others = OtherDrivers.ofTargets(drivers, t -> Between.before(RestoreTargets.class, t, before));
        return new TargetEnd(tables, new TargetOperations(tables, others), puller, locks, clock);
    }

    Path content(long bytes, String pattern) {
        Path raw = libvirt.home.resolve("content-" + UUID.randomUUID() + ".raw");
        Shell.run("qemu-img", "create", "-q", "-f", "raw", raw.toString(), Long.toString(bytes));
        Shell.run("qemu-io", "-f", "raw", "-c", "write -P " + pattern + " 64k 1M", raw.toString());
        return raw;
    }

    NbdEndpoint serve(Path raw) {
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

    OpenTarget request(TestVm of, @Nullable String name, @Nullable String inPlace) {
        return request(of, name, inPlace, VDA, new OpenTarget.TargetDisk("vdb", ODD, "qcow2", 2 * MIB));
    }

    OpenTarget request(TestVm of, @Nullable String name, @Nullable String inPlace, OpenTarget.TargetDisk... disks) {
        String definition = libvirt.virsh("dumpxml", of.name, "--inactive");
        return new OpenTarget(job, 1, SOURCE, name, inPlace, definition, null, null, sourceId(), List.of(disks));
    }

    UUID sourceId() {
        return api.source(SOURCE).id();
    }

    TestVm original() {
        return vm(
                "o" + job.toString().substring(0, 8),
                new TestVm.Disk("vda", "qcow2", 4 * MIB),
                new TestVm.Disk("vdb", "raw", ODD));
    }

    TargetInfo fill(Path vda, Path vdb) {
        return fill(Map.of("vda", vda, "vdb", vdb));
    }

    TargetInfo fill(Map<String, Path> disks) {
        Map<String, NbdEndpoint> from = new HashMap<>();
        disks.forEach((key, raw) -> from.put(key, serve(raw)));
        api.fillTarget(job, new FillTarget(1, from));
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> api.target(job), t -> t.state() != TargetInfo.State.FILLING);
    }

    static void holds(String file, Path raw, Path scratch) {
        Shell.run("qemu-img", "convert", "-U", "-f", "qcow2", "-O", "raw", file, scratch.toString());
        same(scratch, raw);
    }

    List<String> files(String name) {
        List<String> files = new ArrayList<>();
        for (String line : libvirt.virsh("domblklist", name).split("\n", -1)) {
            if (!line.isBlank()) {
                files.add(line.strip().split("\\s+", -1)[1]);
            }
        }
        return files;
    }
}
