package io.holdfast.systemtests.kill;

import io.holdfast.local.guest.Command;
import io.holdfast.local.guest.Virsh;
import io.holdfast.testkit.qemu.OwnLibvirtForTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * A VM without an operating system: it is paused or not running, QEMU itself writes its disks. One disk keeps a bitmap, the other
 * is raw and of a size that is not a multiple of anything larger than a sector.
 */
final class PausedVm {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long VDA = 24L << 20;
    private static final long VDB = (5L << 20) + 3 * 512;
    private static final int WRITTEN = 6 << 20;

    /** In which state a VM is backed up or replaced. */
    enum Power {
        PAUSED,
        OFF,
        /** Off with a managed save, which nobody may consume. */
        SAVED
    }

    private final Path folder;
    private final Virsh virsh;
    private final String name;
    private final Random random;

    PausedVm(OwnLibvirtForTests libvirt, String name, Random random) throws IOException, InterruptedException {
        this.folder = libvirt.folder();
        this.virsh = libvirt.virsh();
        this.name = name;
        this.random = random;
        Path vda = folder.resolve("pool").resolve(name + "-vda.qcow2");
        Path vdb = folder.resolve("pool").resolve(name + "-vdb.raw");
        run("qemu-img", "create", "-q", "-f", "qcow2", vda.toString(), Long.toString(VDA));
        run("qemu-img", "create", "-q", "-f", "raw", vdb.toString(), Long.toString(VDB));
        virsh.define("""
            <domain type='qemu'><name>%s</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
            <os><type arch='x86_64' machine='q35'>hvm</type></os><devices>%s%s</devices></domain>
            """.formatted(name, disk("vda", "qcow2", vda), disk("vdb", "raw", vdb)));
        become(Power.PAUSED);
    }

    /** What it is now; of a VM that runs as well as of one that is paused it says the latter. */
    Power power() throws IOException, InterruptedException {
        if (virsh.running().contains(name)) {
            return Power.PAUSED;
        }
        boolean saved = virsh.run("list", "--all", "--with-managed-save", "--name")
                .lines()
                .anyMatch(line -> line.strip().equals(name));
        return saved ? Power.SAVED : Power.OFF;
    }

    /** Brings it there; its disks stay as they are. */
    void become(Power wanted) throws IOException, InterruptedException {
        if (power() != Power.PAUSED) {
            virsh.run("start", name, "--paused");
        } else if (virsh.run("domstate", name).strip().equals("running")) {
            virsh.run("suspend", name);
        }
        switch (wanted) {
            case PAUSED -> {}
            case OFF -> virsh.destroy(name);
            case SAVED -> virsh.run("managedsave", name, "--paused");
        }
    }

    private static String disk(String key, String format, Path file) {
        return "<disk type='file' device='disk'><driver name='qemu' type='" + format
                + "' discard='unmap' detect_zeroes='unmap'/><source file='" + file + "'/><target dev='" + key
                + "' bus='virtio'/></disk>";
    }

    String name() {
        return name;
    }

    /** Writes, zeroes and discards here and there; answers independent copies of the disks as they are then. */
    Map<String, Path> scribble() throws IOException, InterruptedException {
        Path bytes = folder.resolve("bytes");
        byte[] fresh = new byte[WRITTEN];
        random.nextBytes(fresh);
        Files.write(bytes, fresh);
        io(0, "write -s " + bytes + " " + sector(VDA - WRITTEN) + " " + WRITTEN);
        io(0, "write -z " + sector(VDA - (64 << 10)) + " 64k");
        io(0, "discard " + sector(VDA - (128 << 10)) + " 128k");
        io(1, "write -s " + bytes + " " + sector(VDB - (256 << 10)) + " 256k");
        Map<String, Path> copies = new LinkedHashMap<>();
        Path to = Files.createDirectory(folder.resolve("copy-" + UUID.randomUUID()));
        for (Map.Entry<String, String> disk : disks(name).entrySet()) {
            copies.put(disk.getKey(), raw(disk.getValue(), to.resolve(disk.getKey())));
        }
        return copies;
    }

    private long sector(long most) {
        return random.nextLong(most / 512) * 512;
    }

    private void io(int disk, String command) throws IOException, InterruptedException {
        String device = "/machine/peripheral/virtio-disk" + disk + "/virtio-backend";
        for (String c : List.of(command, "flush")) {
            String said = virsh.run("qemu-monitor-command", name, "--hmp", "qemu-io -d " + device + " \"" + c + "\"");
            if (said.contains("rror") || said.contains("failed") || said.contains("nvalid")) {
                throw new IOException(c + ": " + said);
            }
        }
    }

    /** What differs between a restored VM and the copies; the VM and its disks are gone afterwards. */
    List<String> differencesOf(String restored, Map<String, Path> copies) throws IOException, InterruptedException {
        List<String> differences = differences(restored, copies);
        Map<String, String> disks = disks(restored);
        virsh.undefine(restored);
        for (String file : disks.values()) {
            Files.delete(Path.of(file));
        }
        return differences;
    }

    /** What differs between this VM itself and the copies. */
    List<String> differences(Map<String, Path> copies) throws IOException, InterruptedException {
        return differences(name, copies);
    }

    private List<String> differences(String restored, Map<String, Path> copies)
            throws IOException, InterruptedException {
        List<String> differences = new ArrayList<>();
        Map<String, String> disks = disks(restored);
        if (!disks.keySet().equals(copies.keySet())) {
            differences.add("disks " + disks.keySet() + " instead of " + copies.keySet());
        }
        Path look = folder.resolve("look");
        for (Map.Entry<String, String> disk : disks.entrySet()) {
            Path copy = copies.get(disk.getKey());
            long at = copy == null ? -1 : Files.mismatch(raw(disk.getValue(), look), copy);
            if (at >= 0) {
                differences.add(restored + " " + disk.getKey() + " differs at " + at);
            }
        }
        return differences;
    }

    /** Files of its disks as it is defined now. */
    Map<String, String> disks() throws IOException, InterruptedException {
        return disks(name);
    }

    Map<String, String> disks(String domain) throws IOException, InterruptedException {
        Map<String, String> disks = new LinkedHashMap<>();
        for (String line : virsh.run("domblklist", "--inactive", domain).lines().toList()) {
            String[] columns = line.strip().split("\\s+", -1);
            if (columns.length == 2) {
                disks.put(columns[0], columns[1]);
            }
        }
        return disks;
    }

    private static Path raw(String file, Path to) throws IOException, InterruptedException {
        String format = file.endsWith(".raw") ? "raw" : "qcow2";
        run("qemu-img", "convert", "-U", "-f", format, "-O", "raw", file, to.toString());
        return to;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Command.run(TIMEOUT, List.of(command));
    }
}
