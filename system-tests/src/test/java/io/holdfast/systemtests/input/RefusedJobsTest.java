package io.holdfast.systemtests.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.local.guest.Command;
import io.holdfast.local.guest.OwnLibvirt;
import io.holdfast.systemtests.history.Disk;
import io.holdfast.systemtests.history.Ground;
import io.holdfast.systemtests.history.OnTheGround;
import io.holdfast.systemtests.history.PausedVm;
import io.holdfast.systemtests.history.PausedVm.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is only found out by the job: it fails with a code of its own and changes nothing. */
@OnTheGround
class RefusedJobsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final long BYTES = (4L << 20) + 512;

    @Test
    void aVaultWithWrongKeysOrWithoutItsBucketIsToldApart(Ground ground) throws Exception {
        VaultSpec right = ground.s3("v", "refused-jobs");
        Inventory before = Inventory.calm(ground);
        assertThat(refusedVault(ground, new VaultSpec("v", right.url(), right.accessKey(), "x".repeat(40), null)))
                .isEqualTo("vault-denied");
        assertThat(refusedVault(ground, new VaultSpec("v", right.url(), "nobody", right.secretKey(), null)))
                .isEqualTo("vault-denied");
        String elsewhere = right.url().replaceFirst("(s3\\+http://[^/]+/)[^/]+", "$1no-such-bucket");
        assertThat(refusedVault(ground, new VaultSpec("v", elsewhere, right.accessKey(), right.secretKey(), null)))
                .isEqualTo("vault-no-bucket");
        assertThat(Inventory.of(ground)).isEqualTo(before.withMoreJobs(3));
    }

    @Test
    void aPathThatIsAnotherVaultIsNeitherOpenedNorTouched(Ground ground) throws Exception {
        Path folders = ground.scratch("refused-vaults");
        Path one = Files.createDirectory(folders.resolve("one"));
        ground.front()
                .finish(ground.catalog()
                        .addVault(folder("one", one, PASSPHRASE))
                        .job());
        Path copy = folders.resolve("copy");
        Command.run(PATIENCE, List.of("cp", "-a", one.toString(), copy.toString()));
        Inventory before = Inventory.calm(ground);
        try {
            List<String> was = listing(copy);
            assertThat(refusedVault(ground, folder("v", copy, "another passphrase")))
                    .isEqualTo("vault-wrong-passphrase");
            assertThat(refusedVault(ground, folder("v", copy, PASSPHRASE)))
                    .as("the same vault under two records")
                    .isEqualTo("vault-exists");
            Path other = Files.createDirectory(folders.resolve("other"));
            Files.writeString(other.resolve("letter.txt"), "not a vault");
            Files.writeString(other.resolve("vault"), "not a vault either");
            assertThat(refusedVault(ground, folder("v", other, PASSPHRASE))).isEqualTo("vault-not-a-vault");
            assertThat(Files.readString(other.resolve("vault"))).isEqualTo("not a vault either");
            assertThat(listing(copy)).isEqualTo(was);
            assertThat(Inventory.of(ground)).isEqualTo(before.withMoreJobs(3));
        } finally {
            ground.catalog().removeVault("one", true);
        }
    }

    private static VaultSpec folder(String name, Path folder, String passphrase) {
        return new VaultSpec(name, folder.toUri().toString(), null, null, passphrase);
    }

    private static List<String> listing(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    /** The code with which the vault cannot be added; nothing of it is kept, it may be added again. */
    private static String refusedVault(Ground ground, VaultSpec spec) throws InterruptedException {
        String code = ground.front().failure(ground.catalog().addVault(spec).job());
        assertThat(ground.catalog().vaults()).extracting(VaultInfo::name).doesNotContain(spec.name());
        return code;
    }

    @Test
    void aVirtualMachineWithoutAnyDiskThatABackupCanHoldIsRefused(Ground ground) throws Exception {
        ground.virsh().define(domain("diskless", ""));
        // Only defined: QEMU would not start with some of them.
        ground.virsh()
                .define(domain(
                        "passing",
                        """
                            <controller type='scsi' model='virtio-scsi'/>
                            <disk type='block' device='lun'><driver name='qemu' type='raw'/><source dev='/dev/sdx'/>
                            <target dev='sda' bus='scsi'/></disk>
                            """ + disk("vda", "<readonly/>") + disk("vdb", "<shareable/>") + disk("vdc", "<transient/>")));
        try {
            Inventory before = Inventory.calm(ground);
            for (String vm : List.of("diskless", "passing")) {
                assertThat(refusedBackup(ground, vm)).as(vm).isEqualTo("vm-without-disks");
            }
            int jobs = Inventory.of(ground).jobs() - before.jobs();
            assertThat(Inventory.of(ground)).isEqualTo(before.withMoreJobs(jobs));
        } finally {
            ground.virsh().undefine("diskless");
            ground.virsh().undefine("passing");
        }
    }

    @Test
    void disksThatABackupCannotHoldAreNamedOnThePointOfTheOthers(Ground ground) throws Exception {
        PausedVm vm = new PausedVm(ground, "mixed", List.of(new Shape("qcow2", BYTES)));
        Path foreign = ground.scratch("mixed");
        try {
            attach(ground, "vdb", foreign, "<readonly/>");
            attach(ground, "vdc", foreign, "<shareable/>");
            PointInfo point = ground.front().backup("mixed", Ground.VAULT, BackupKind.FULL);
            assertThat(point.disks()).extracting(PointInfo.PointDisk::key).containsExactly("vda");
            assertThat(point.notes())
                    .anyMatch(note -> note.contains("vdb") && note.contains("read-only"))
                    .anyMatch(note -> note.contains("vdc") && note.contains("shared"));
            offAgain(ground, "mixed");
        } finally {
            ground.virsh().run("detach-disk", "mixed", "vdb", "--config");
            ground.virsh().run("detach-disk", "mixed", "vdc", "--config");
            vm.remove();
        }
    }

    private static void attach(Ground ground, String key, Path folder, String kind)
            throws IOException, InterruptedException {
        Path file = folder.resolve(key + ".raw");
        Command.run(PATIENCE, List.of("truncate", "-s", "1M", file.toString()));
        Path xml = Files.createTempFile("disk", ".xml");
        Files.writeString(xml, disk(key, kind).replace("/srv/" + key + ".raw", file.toString()));
        ground.virsh().run("attach-device", "mixed", xml.toString(), "--config");
        Files.delete(xml);
    }

    private static String disk(String key, String kind) {
        return "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/srv/" + key
                + ".raw'/><target dev='" + key + "' bus='virtio'/>" + kind + "</disk>";
    }

    private static String domain(String name, String devices) {
        return "<domain type='qemu'><name>" + name + "</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>"
                + "<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>" + devices + "</devices></domain>";
    }

    private static String refusedBackup(Ground ground, String vm) throws InterruptedException {
        JobInfo job;
        try {
            job = ground.front().startBackup(vm, Ground.VAULT, BackupKind.FULL);
        } catch (ApiException e) {
            return e.code().wire();
        }
        return ground.front().failure(job);
    }

    @Test
    void aHypervisorThatHangsIsSaidByTheCallsDeadlineAndIsUsedAgainWhenItGoesOn(Ground ground) throws Exception {
        try (OwnLibvirt hanging = OwnLibvirt.in(ground.scratch("hl"));
                Wire wire = new Wire(ground)) {
            hanging.start();
            ground.catalog().addSource(new SourceSpec("hangs", hanging.uri(), null, null, "unix"));
            assertThat(ground.catalog().vms("hangs", null)).isEmpty();
            long daemon = hanging.daemon().orElseThrow().pid();
            signal("STOP", daemon);
            String code;
            try {
                code = Wire.code(wire.send("GET", "/vms?source=hangs", null));
            } finally {
                signal("CONT", daemon);
            }
            assertThat(code).isIn("hypervisor-timeout", "source-unreachable", "deadline-exceeded");
            await().atMost(Duration.ofMinutes(1))
                    .ignoreExceptions()
                    .until(() -> ground.catalog().vms("hangs", null).isEmpty());
            ground.catalog().removeSource("hangs", false);
        }
    }

    private static void signal(String signal, long pid) throws IOException, InterruptedException {
        Command.run(PATIENCE, List.of("kill", "-" + signal, Long.toString(pid)));
    }

    @Test
    void aTargetWhoseVirtualMachineIsGoneIsRefusedByNameAndNothingIsMade(Ground ground) throws Exception {
        PausedVm vm = new PausedVm(ground, "gone", List.of(new Shape("qcow2", BYTES))).start();
        PointInfo point = ground.front().backup("gone", Ground.VAULT, BackupKind.FULL);
        vm.remove();
        Inventory before = Inventory.calm(ground);
        String code;
        try {
            code = ground.front().failure(ground.front().startRestoreInPlace(point.id()));
        } catch (ApiException e) {
            code = e.code().wire();
        }
        assertThat(code).isEqualTo("vm-not-found");
        int jobs = Inventory.of(ground).jobs() - before.jobs();
        assertThat(Inventory.of(ground)).isEqualTo(before.withMoreJobs(jobs));
    }

    @Test
    void aNameWithShellAndXmlCharactersOnTheHypervisorIsOnlyAName(Ground ground) throws Exception {
        String odd = "a;$(touch hf-was-here)<x>&`'\"";
        PausedVm vm = new PausedVm(ground, "plain", List.of(new Shape("qcow2", BYTES))).start();
        try {
            vm.io(0, "write -P 9 1M 1M");
            ground.virsh().destroy("plain");
            ground.virsh().run("domrename", "plain", odd);
            String id = ground.virsh().run("domuuid", odd).strip();
            PointInfo point = ground.front().backup(id, Ground.VAULT, BackupKind.FULL);
            assertThat(point.vmName()).isEqualTo(odd);
            offAgain(ground, odd);
            ground.front().finish(ground.front().startRestore(point.id(), "plain-again"));
            Disk restored = restored(ground, "plain-again");
            assertThat(Files.exists(restored.file())).isTrue();
            ground.virsh().undefine("plain-again");
            Files.delete(restored.file());
            assertThat(ground.home().root().resolve("hf-was-here")).doesNotExist();
        } finally {
            if (ground.virsh().domains().contains(odd)) {
                ground.virsh().run("domrename", odd, "plain");
            }
            vm.remove();
        }
    }

    /** A VM that was off is started for the view, and ended with it: after the backup's end, at a moment of its own. */
    private static void offAgain(Ground ground, String vm) throws IOException, InterruptedException {
        assertThat(ground.virsh().awaitOff(vm, PATIENCE)).as("off again").isTrue();
    }

    private static Disk restored(Ground ground, String vm) throws IOException, InterruptedException {
        return Disk.in(ground.virsh().inactiveXml(vm)).getFirst();
    }
}
