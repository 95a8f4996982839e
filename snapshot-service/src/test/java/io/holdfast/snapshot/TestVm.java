package io.holdfast.snapshot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A diskful VM without an operating system: it stays paused, and its disks are written through QEMU's own qemu-io. */
final class TestVm {

    final OwnLibvirt libvirt;
    final String name;
    final String id;

    /** One disk: key, format, bytes. */
    record Disk(String key, String format, long bytes) {}

    TestVm(OwnLibvirt libvirt, String name, Disk... disks) {
        this.libvirt = libvirt;
        this.name = name;
        List<String> xml = new ArrayList<>();
        for (Disk d : disks) {
            Path file = file(d.key(), d.format());
            Shell.run("qemu-img", "create", "-q", "-f", d.format(), file.toString(), Long.toString(d.bytes()));
            xml.add(disk(d, file));
        }
        id = UUID.randomUUID().toString();
        define(xml);
    }

    Path file(String key, String format) {
        return libvirt.pool.resolve(name + "-" + key + "." + format);
    }

    private static String disk(Disk d, Path file) {
        return "<disk type='file' device='disk'><driver name='qemu' type='" + d.format()
                + "' discard='unmap' detect_zeroes='unmap'/><source file='" + file + "'/><target dev='" + d.key()
                + "' bus='virtio'/></disk>";
    }

    private void define(List<String> disks) {
        Path xml = libvirt.home.resolve(name + ".xml");
        String text = "<domain type='qemu'><name>" + name + "</name><uuid>" + id
                + "</uuid><memory unit='MiB'>32</memory><vcpu>1</vcpu>"
                + "<os><type arch='x86_64' machine='q35'>hvm</type>"
                // Once let go, its firmware looks for a system again and again instead of every minute.
                + "<bios rebootTimeout='0'/></os><devices>" + String.join("", disks)
                + "<serial type='file'><source path='" + libvirt.home.resolve(name + ".console")
                + "'/></serial></devices></domain>";
        TestFiles.write(xml, text);
        libvirt.virsh("define", xml.toString());
    }

    void addDisk(Disk d) {
        Path file = file(d.key(), d.format());
        Shell.run("qemu-img", "create", "-q", "-f", d.format(), file.toString(), Long.toString(d.bytes()));
        Path xml = libvirt.home.resolve(name + "-" + d.key() + ".xml");
        TestFiles.write(xml, disk(d, file));
        libvirt.virsh("attach-device", name, xml.toString(), "--persistent");
    }

    /** Attaches a device as virsh does: {@code --config}, {@code --live}, ... */
    void attach(String device, String how) {
        Path xml = libvirt.home.resolve(name + "-device.xml");
        TestFiles.write(xml, device);
        libvirt.virsh("attach-device", name, xml.toString(), how);
    }

    /** Moves a qcow2 disk of a VM that is off out of all pools; answers where to. */
    Path moveOut(String key) {
        Path outside = libvirt.home.resolve("outside-" + name + "-" + key + ".qcow2");
        Shell.run("mv", file(key, "qcow2").toString(), outside.toString());
        libvirt.virsh("detach-disk", name, key, "--config");
        libvirt.virsh("attach-disk", name, outside.toString(), key, "--subdriver", "qcow2", "--config");
        return outside;
    }

    /** Has a qcow2 disk of a VM that is off named by pool and volume, as some tools do. */
    TestVm byVolume(String key) {
        libvirt.virsh("pool-refresh", "default");
        libvirt.virsh("detach-disk", name, key, "--config");
        attach(
                "<disk type='volume' device='disk'><driver name='qemu' type='qcow2'/><source pool='default' volume='"
                        + file(key, "qcow2").getFileName() + "'/><target dev='" + key + "' bus='virtio'/></disk>",
                "--config");
        return this;
    }

    /** Changes the definition of a VM that is off, passwords included. */
    void redefine(UnaryOperator<String> change) {
        Path xml = libvirt.home.resolve(name + "-changed.xml");
        TestFiles.write(xml, change.apply(libvirt.virsh("dumpxml", "--inactive", "--security-info", name)));
        libvirt.virsh("define", xml.toString());
    }

    TestVm start() {
        libvirt.virsh("start", name, "--paused");
        return this;
    }

    /** Starts it, paused, on another hypervisor that has the same files. */
    void startOn(OwnLibvirt other) {
        Path xml = other.home.resolve(name + ".xml");
        TestFiles.write(xml, libvirt.virsh("dumpxml", name));
        other.virsh("define", xml.toString());
        other.virsh("start", name, "--paused");
    }

    /** Lets the guest run for half a second of processor time, and no longer. */
    void runAndSuspend() {
        libvirt.virsh("resume", name);
        org.awaitility.Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(60))
                .until(() -> libvirt.virsh("vcpuinfo", name).matches("(?s).*CPU time: +([1-9]|0\\.[5-9]).*"));
        libvirt.virsh("suspend", name);
    }

    /** QEMU's qemu-io on a disk, {@code write -P 0x11 0 64k}; flushed, so that a copy from outside sees it. */
    void io(int disk, String command) {
        String device = "/machine/peripheral/virtio-disk" + disk + "/virtio-backend";
        for (String c : List.of(command, "flush")) {
            String said =
                    libvirt.virsh("qemu-monitor-command", name, "--hmp", "qemu-io -d " + device + " \"" + c + "\"");
            if (said.contains("rror") || said.contains("failed")) {
                throw new IllegalStateException(said);
            }
        }
    }

    /** An independent copy of a paused VM's disk as raw bytes. */
    Path copy(String key, String label) {
        String format = currentFormat(key);
        Path to = libvirt.home.resolve(name + "-" + key + "-" + label + ".raw");
        Shell.run("qemu-img", "convert", "-U", "-f", format, "-O", "raw", currentFile(key), to.toString());
        return to;
    }

    private String currentFile(String key) {
        for (String line : libvirt.virsh("domblklist", name).split("\n", -1)) {
            String[] columns = line.strip().split("\\s+", -1);
            if (columns[0].equals(key)) {
                return columns[1];
            }
        }
        throw new IllegalStateException("no disk " + key);
    }

    private String currentFormat(String key) {
        String file = currentFile(key);
        return file.endsWith(".raw") ? "raw" : "qcow2";
    }

    /** Kills the VM's process. */
    void kill() {
        for (ProcessHandle p : ProcessHandle.allProcesses().toList()) {
            String line = p.info().commandLine().orElse("");
            if (line.contains("guest=" + name + ",") && line.contains("qemu-system")) {
                p.destroyForcibly();
                p.onExit().join();
            }
        }
        org.awaitility.Awaitility.await()
                .until(() -> libvirt.virsh("domstate", name).contains("shut off"));
    }

    void remove() {
        libvirt.quietly("destroy", name);
        libvirt.quietly(
                "undefine", name, "--managed-save", "--snapshots-metadata", "--checkpoints-metadata", "--nvram");
    }
}
