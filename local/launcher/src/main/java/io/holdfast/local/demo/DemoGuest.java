package io.holdfast.local.demo;

import io.holdfast.local.guest.Console;
import io.holdfast.local.guest.Guest;
import io.holdfast.local.guest.GuestDisk;
import io.holdfast.local.guest.GuestImage;
import io.holdfast.local.guest.GuestXml;
import io.holdfast.local.guest.KvmProbe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The machine that the demo protects, damages and loses. */
final class DemoGuest {

    /** So the names of views' scratch begin. */
    private static final String SCRATCH = "holdfast.scratch.";

    static final String NAME = "demo-guest";
    static final String POOL = "demo";

    private static final Duration BOOT = Duration.ofMinutes(2);
    private static final Duration WRITES = Duration.ofMinutes(2);

    private final DemoGround ground;
    private final Path disks;
    private final Guest guest;

    private DemoGuest(DemoGround ground, Path disks, Guest guest) {
        this.ground = ground;
        this.disks = disks;
        this.guest = guest;
    }

    /** Makes it and boots it. */
    static DemoGuest booted(DemoGround ground) throws IOException, InterruptedException, TimeoutException {
        Path kit = ground.folder("kit");
        Path disks = ground.folder("disks");
        ground.libvirt().virsh().directoryPool(POOL, disks);
        GuestImage image = GuestImage.build(kit);
        GuestDisk first = GuestDisk.first(disks.resolve("guest-a.qcow2"), GuestDisk.Format.QCOW2);
        GuestDisk second = GuestDisk.second(disks.resolve("guest-b.qcow2"), GuestDisk.Format.QCOW2);
        Guest guest = new Guest(
                ground.libvirt(),
                new GuestXml(
                        NAME,
                        image,
                        first,
                        second,
                        kit.resolve("console"),
                        KvmProbe.works(image, kit, ground.libvirt().mark())));
        DemoGuest demo = new DemoGuest(ground, disks, guest);
        guest.boot(BOOT);
        return demo;
    }

    /** The highest number that the guest has reported as committed. */
    int committed() throws IOException {
        return guest.console().lastCommit();
    }

    /** Whether it had deleted files, and trimmed a disk, by the time it had committed this step. */
    boolean hasDeletedAndTrimmed(int step) throws IOException {
        return step > Guest.KEPT_FILES && guest.console().firstTrim().orElse(Integer.MAX_VALUE) <= step;
    }

    /** Waits until the guest has committed so many more steps. */
    void write(int steps) throws IOException, InterruptedException, TimeoutException {
        guest.console().awaitMore(steps, WRITES);
    }

    void kill() throws IOException, InterruptedException {
        guest.kill();
    }

    /** Writes garbage over the beginning and the middle of each of its disk files; it has to be off. */
    void damageDisks() throws IOException {
        Random garbage = new Random(7);
        for (Path file : diskFiles()) {
            byte[] bytes = new byte[1 << 20];
            garbage.nextBytes(bytes);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(bytes), 0);
                channel.write(ByteBuffer.wrap(bytes), channel.size() / 2);
            }
        }
    }

    /** Removes its definition and every disk file. */
    void destroy() throws IOException, InterruptedException {
        guest.remove();
        deleteDisks();
    }

    /** Has a machine that is off boot, check every file it had committed, and power off. */
    Console.Verified verify(String machine) throws IOException, InterruptedException, TimeoutException {
        return Guest.verify(
                ground.libvirt().virsh(), machine, ground.folder("verdicts").resolve(machine), BOOT);
    }

    /** Removes a restored machine and its disks. */
    void discard(String machine) throws IOException, InterruptedException {
        ground.libvirt().virsh().undefine(machine);
        deleteDisks();
    }

    private void deleteDisks() throws IOException {
        for (Path file : diskFiles()) {
            Files.delete(file);
        }
    }

    /** What the guest's disks are in. The scratch of a view that is being closed goes by itself, at any moment. */
    private List<Path> diskFiles() throws IOException {
        try (Stream<Path> files = Files.list(disks)) {
            return files.filter(file -> !file.getFileName().toString().startsWith(SCRATCH))
                    .filter(Files::isRegularFile)
                    .toList();
        }
    }
}
