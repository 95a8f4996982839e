package io.holdfast.systemtests.history;

import io.holdfast.local.guest.Command;
import io.holdfast.local.guest.OsProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A virtual machine with disks and no operating system: it stays paused, and QEMU itself writes its disks when told to, so
 * that a test knows every byte of them. One thread.
 */
public final class PausedVm {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Ground ground;
    private final String name;
    private final List<Shape> shapes = new ArrayList<>();

    /**
     * What a disk is to be.
     *
     * @param format {@code raw} or {@code qcow2}
     * @param bytes a multiple of 512
     */
    public record Shape(String format, long bytes) {}

    /** Makes its disks and defines it; it is off. */
    public PausedVm(Ground ground, String name, List<Shape> shapes) throws IOException, InterruptedException {
        this.ground = ground;
        this.name = name;
        List<String> disks = new ArrayList<>();
        for (Shape shape : shapes) {
            disks.add(newDisk(shape));
        }
        String xml = """
            <domain type='qemu'><name>%s</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
            <os><type arch='x86_64' machine='q35'>hvm</type></os>
            <devices>%s<memballoon model='none'/></devices></domain>
            """.formatted(name, String.join("", disks));
        ground.virsh().define(xml);
    }

    private String newDisk(Shape shape) throws IOException, InterruptedException {
        String key = "vd" + (char) ('a' + shapes.size());
        Path file = ground.disks().resolve(name + "-" + key + "." + shape.format());
        tool("qemu-img", "create", "-q", "-f", shape.format(), file.toString(), Long.toString(shape.bytes()));
        shapes.add(shape);
        return "<disk type='file' device='disk'><driver name='qemu' type='" + shape.format()
                + "' discard='unmap' detect_zeroes='unmap'/><source file='" + file + "'/><target dev='" + key
                + "' bus='virtio'/></disk>";
    }

    public String name() {
        return name;
    }

    public List<Shape> shapes() {
        return shapes;
    }

    /** Gives it a network card, from its next start on. */
    public void addNic() throws IOException, InterruptedException {
        Path xml = Files.createTempFile("nic", ".xml");
        try {
            Files.writeString(xml, "<interface type='user'><model type='virtio'/></interface>");
            ground.virsh().run("attach-device", name, xml.toString(), "--config");
        } finally {
            Files.delete(xml);
        }
    }

    /** Starts it paused. */
    public PausedVm start() throws IOException, InterruptedException {
        ground.virsh().run("start", name, "--paused");
        return this;
    }

    /** Adds a disk while it runs and to its definition. */
    public void addDisk(Shape shape) throws IOException, InterruptedException {
        Path xml = Files.createTempFile("disk", ".xml");
        try {
            Files.writeString(xml, newDisk(shape));
            ground.virsh().run("attach-device", name, xml.toString(), "--persistent");
        } finally {
            Files.delete(xml);
        }
    }

    /** Puts bytes into a disk while the VM is off, as they are whatever the disk's format is. */
    public void fill(int disk, Path bytes) throws IOException, InterruptedException {
        Path file = disks().get(disk).file();
        Files.copy(bytes, file, StandardCopyOption.REPLACE_EXISTING);
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(shapes.get(disk).bytes());
        }
    }

    /** Whether QEMU offers the disks of a frozen view: the moment is over. */
    public boolean frozen() throws IOException, InterruptedException {
        return ground.virsh()
                .run("qemu-monitor-command", name, "{\"execute\":\"query-block-exports\"}")
                .contains("\"node-name\"");
    }

    /** What libvirt says it does: {@code paused}, {@code shut off}. */
    public String state() throws IOException, InterruptedException {
        return ground.virsh().run("domstate", name).strip();
    }

    /** A command of qemu-io for the disk with this index. */
    public record Io(int disk, String command) {}

    /** Has QEMU do one command of qemu-io on the disk with this index, and flush, so that others see it in the file. */
    public void io(int disk, String command) throws IOException, InterruptedException {
        io(List.of(new Io(disk, command)));
    }

    /** The same for many, in this order; they cost one process together. */
    public void io(List<Io> commands) throws IOException, InterruptedException {
        List<Io> all = new ArrayList<>(commands);
        commands.stream().mapToInt(Io::disk).distinct().forEach(disk -> all.add(new Io(disk, "flush")));
        String said = ground.virsh().run(all.stream().map(this::monitor).collect(Collectors.joining(";")));
        if (said.contains("rror") || said.contains("failed") || said.contains("nvalid")) {
            throw new IOException(commands + ": " + said);
        }
    }

    private String monitor(Io io) {
        return "qemu-monitor-command " + name + " --hmp 'qemu-io -d /machine/peripheral/virtio-disk" + io.disk()
                + "/virtio-backend \"" + io.command() + "\"'";
    }

    /** The disks as they are defined now. */
    public List<Disk> disks() throws IOException, InterruptedException {
        return Disk.in(ground.virsh().run("dumpxml", name));
    }

    /** Independent copies of all disks as raw bytes, in the definition's order. */
    public List<Path> copies(Path into) throws IOException, InterruptedException {
        Files.createDirectories(into);
        List<Path> copies = new ArrayList<>();
        for (Disk disk : disks()) {
            copies.add(raw(disk, into.resolve(disk.key() + ".raw")));
        }
        return copies;
    }

    /** What qemu-img reads of a disk, backing chain included. */
    static Path raw(Disk disk, Path to) throws IOException, InterruptedException {
        tool(
                "qemu-img",
                "convert",
                "-U",
                "-f",
                disk.format(),
                "-O",
                "raw",
                disk.file().toString(),
                to.toString());
        return to;
    }

    /** Ends QEMU with SIGKILL and waits until libvirt has noticed. */
    public void kill() throws IOException, InterruptedException {
        OsProcess qemu = ground.libvirt().qemu(name);
        qemu.kill();
        if (!qemu.awaitEnd(PATIENCE) || !ground.virsh().awaitOff(name, PATIENCE)) {
            throw new IOException(name + " did not end");
        }
    }

    /** Switches it off in good order: QEMU closes the disks and keeps their bitmaps. */
    public void switchOff() throws IOException, InterruptedException {
        ground.virsh().run("destroy", name, "--graceful");
    }

    /** Ends and undefines it and deletes its disks' files. */
    public void remove() throws IOException, InterruptedException {
        if (ground.virsh().running().contains(name)) {
            ground.virsh().destroy(name);
        }
        removeOff(ground, name);
    }

    /** Undefines a domain that is off and deletes its disks' files, those below a snapshot's overlay too. */
    static void removeOff(Ground ground, String domain) throws IOException, InterruptedException {
        for (Disk disk : Disk.in(ground.virsh().inactiveXml(domain))) {
            Files.deleteIfExists(disk.file());
        }
        ground.virsh().undefine(domain);
        for (String file : ground.files()) {
            if (file.startsWith(domain + "-")) {
                Files.delete(ground.disks().resolve(file));
            }
        }
    }

    private static void tool(String... command) throws IOException, InterruptedException {
        Command.run(PATIENCE, List.of(command));
    }
}
