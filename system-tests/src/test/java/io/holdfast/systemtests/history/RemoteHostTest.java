package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.Requests;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.local.guest.Command;
import io.holdfast.local.guest.OwnLibvirt;
import io.holdfast.local.guest.Virsh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A hypervisor that is reached by an address as another machine's is: libvirt over TLS, its disks handed over through TCP with
 * certificates of both sides, in both directions. The address is one of the loopback network that no local source uses.
 */
@OnTheGround
class RemoteHostTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String HOST = "127.0.0.2";
    private static final String SOURCE = "far";
    private static final long BYTES = (5L << 20) + 512;

    @Test
    void aMachineOfARemoteHostIsBackedUpAndRestoredOverMutualTls(Ground ground) throws Exception {
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "hr");
        try (OwnLibvirt libvirt = OwnLibvirt.in(folder.resolve("lv"))) {
            int port = listening(libvirt, folder.resolve("lv/c/libvirt"), ground.certificates(), folder);
            Path disks = Files.createDirectory(folder.resolve("disks"));
            libvirt.virsh().directoryPool("disks", disks);
            machine(libvirt.virsh(), disks);
            String uri = "qemu+tls://" + HOST + ":" + port + "/session?pkipath=" + keys(ground, folder);

            assertThat(ground.catalog()
                            .addSource(new SourceSpec(SOURCE, uri, null, null, null))
                            .nbd())
                    .isEqualTo("tls");
            List<Path> copies = new ArrayList<>();
            List<PointInfo> points = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                write(libvirt.virsh(), i);
                copies.add(raw(libvirt.virsh(), "m", folder.resolve("copy" + i)));
                BackupKind kind = i == 0 ? BackupKind.FULL : BackupKind.INCREMENTAL;
                points.add(ground.front()
                        .point(ground.catalog().backup(new Requests.Backup(SOURCE + "/m", Ground.VAULT, kind, null))));
                assertThat(points.getLast().kind()).isEqualTo(kind);
            }
            for (int i = 0; i < 2; i++) {
                String name = "m" + i;
                JobInfo restore = ground.catalog()
                        .restore(new Requests.Restore(
                                points.get(i).id(), null, name, false, "disks", null, null, false));
                ground.front().finish(restore);
                Path restored = raw(libvirt.virsh(), name, folder.resolve("restored" + i));
                assertThat(Files.mismatch(restored, copies.get(i))).isEqualTo(-1);
            }
            ground.catalog().removeSource(SOURCE, false);
        } finally {
            Ground.deleteTree(folder);
        }
    }

    /** Starts the daemon with a TLS port of its own and QEMU's certificates; the port. */
    private static int listening(OwnLibvirt libvirt, Path configuration, Path certificates, Path folder)
            throws IOException, InterruptedException {
        int port = freePort();
        Files.writeString(
                configuration.resolve("libvirtd.conf"),
                """
                listen_tls = 1
                listen_tcp = 0
                listen_addr = "%s"
                tls_port = "%d"
                auth_tls = "none"
                key_file = "%s/server-key.pem"
                cert_file = "%s/server-cert.pem"
                ca_file = "%s/ca-cert.pem"
                """.formatted(HOST, port, certificates, certificates, certificates),
                StandardOpenOption.APPEND);
        Files.writeString(
                configuration.resolve("qemu.conf"),
                """
                backup_tls_x509_cert_dir = "%s"
                backup_tls_x509_verify = 1
                nbd_tls = 1
                nbd_tls_x509_cert_dir = "%s"
                """.formatted(certificates, certificates),
                StandardOpenOption.APPEND);
        ProcessBuilder daemon = libvirt.process();
        daemon.command().add("-l");
        Process process = daemon.redirectErrorStream(true)
                .redirectOutput(folder.resolve("libvirtd.log").toFile())
                .start();
        await().atMost(PATIENCE).until(() -> {
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("libvirtd.log")))
                    .isTrue();
            return listens(port);
        });
        return port;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(HOST, port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    /** Certificates under the names that libvirt's client looks for. */
    private static Path keys(Ground ground, Path folder) throws IOException {
        Path keys = Files.createDirectory(folder.resolve("pki"));
        Files.copy(ground.certificates().resolve("ca-cert.pem"), keys.resolve("cacert.pem"));
        Files.copy(ground.certificates().resolve("client-cert.pem"), keys.resolve("clientcert.pem"));
        Files.copy(ground.certificates().resolve("client-key.pem"), keys.resolve("clientkey.pem"));
        return keys;
    }

    private static void machine(Virsh virsh, Path disks) throws IOException, InterruptedException {
        Path file = disks.resolve("m.qcow2");
        tool("qemu-img", "create", "-q", "-f", "qcow2", file.toString(), Long.toString(BYTES));
        virsh.define("""
                <domain type='qemu'><name>m</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
                <os><type arch='x86_64' machine='q35'>hvm</type></os>
                <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
                <source file='%s'/><target dev='vda' bus='virtio'/></disk><memballoon model='none'/></devices></domain>
                """.formatted(file));
        virsh.run("start", "m", "--paused");
    }

    private static void write(Virsh virsh, int turn) throws IOException, InterruptedException {
        for (String command : List.of("write -P " + (turn + 1) + " " + turn + "M 1M", "flush")) {
            String said = virsh.run(
                    "qemu-monitor-command",
                    "m",
                    "--hmp",
                    "qemu-io -d /machine/peripheral/virtio-disk0/virtio-backend \"" + command + "\"");
            assertThat(said).doesNotContain("rror");
        }
    }

    private static Path raw(Virsh virsh, String vm, Path to) throws IOException, InterruptedException {
        return PausedVm.raw(Disk.in(virsh.inactiveXml(vm)).getFirst(), to);
    }

    private static void tool(String... command) throws IOException, InterruptedException {
        Command.run(PATIENCE, List.of(command));
    }
}
