package io.holdfast.testkit.qemu;

import io.holdfast.local.guest.Console;
import io.holdfast.local.guest.Guest;
import io.holdfast.local.guest.GuestDisk;
import io.holdfast.local.guest.GuestImage;
import io.holdfast.local.guest.GuestXml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Guests for tests; each in a folder of its own below the libvirt's. */
public final class GuestForTests {
    /** More than ten times what a boot takes under emulation on an idle machine. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Emulation unless asked otherwise: the same on every machine, and no probe that costs 20 s where KVM hangs. */
    private static final boolean KVM = Boolean.getBoolean("holdfast.kvm");

    private final OwnLibvirtForTests libvirt;

    public GuestForTests(OwnLibvirtForTests libvirt) {
        this.libvirt = libvirt;
    }

    /** A guest with two qcow2 disks, defined and booted, writing. */
    public Guest boot(String name) throws IOException, InterruptedException, TimeoutException {
        return boot(name, GuestDisk.Format.QCOW2, GuestDisk.Format.QCOW2);
    }

    /** A guest with disks of these formats, defined and booted, writing. */
    public Guest boot(String name, GuestDisk.Format first, GuestDisk.Format second)
            throws IOException, InterruptedException, TimeoutException {
        Guest guest = prepare(name, first, second);
        guest.boot(PATIENCE);
        return guest;
    }

    /** The same, neither defined nor booted: {@code guest.xml().text()} is its definition. */
    public Guest prepare(String name, GuestDisk.Format first, GuestDisk.Format second)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(libvirt.folder().resolve("guests").resolve(name));
        GuestImage image = GuestImage.build(home);
        GuestDisk vda = GuestDisk.first(home.resolve(name + "-vda." + first.text()), first);
        GuestDisk vdb = GuestDisk.second(home.resolve(name + "-vdb." + second.text()), second);
        return new Guest(libvirt.libvirt(), new GuestXml(name, image, vda, vdb, home.resolve("console"), KVM));
    }

    /** Has a domain that is off, for example a restored one, prove its disks; see {@link Guest#verify}. */
    public Console.Verified verify(String domain) throws IOException, InterruptedException, TimeoutException {
        Path console = libvirt.folder().resolve("verify-" + domain);
        return Guest.verify(libvirt.virsh(), domain, console, PATIENCE);
    }
}
