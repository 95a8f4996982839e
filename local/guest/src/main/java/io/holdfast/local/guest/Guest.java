package io.holdfast.local.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * One guest as a persistent domain of an {@link OwnLibvirt}. Not thread-safe.
 *
 * @param libvirt where it lives
 * @param xml how it was defined at first
 */
public record Guest(OwnLibvirt libvirt, GuestXml xml) {
    /** How many of its files it keeps on each disk: with every step beyond, the oldest is deleted ({@code init.sh}). */
    public static final int KEPT_FILES = 20;

    /** Defines it and waits until it has mounted its disks and begins to write. */
    public void boot(Duration timeout) throws IOException, InterruptedException, TimeoutException {
        libvirt.virsh().define(xml.text());
        libvirt.virsh().start(xml.name());
        console().awaitReady(timeout);
    }

    public Console console() {
        return new Console(xml.console());
    }

    /** Kills its QEMU with SIGKILL, as a host's crash would, and waits until libvirt has noticed. */
    public void kill() throws IOException, InterruptedException {
        OsProcess qemu = libvirt.qemu(xml.name());
        qemu.kill();
        if (!qemu.awaitEnd(Duration.ofSeconds(10)) || !libvirt.virsh().awaitOff(xml.name(), Duration.ofSeconds(10))) {
            throw new IOException("QEMU of " + xml.name() + " does not end");
        }
    }

    /** Ends it and removes its definition; its disks stay. */
    public void remove() throws IOException, InterruptedException {
        if (libvirt.virsh().running().contains(xml.name())) {
            libvirt.virsh().destroy(xml.name());
        }
        libvirt.virsh().undefine(xml.name());
    }

    /**
     * Has a domain made from this kind of guest, for example a restored one, check its own disks: redefines it in verify
     * mode with a console of its own, boots it and waits for the verdict. The domain must be off; it is off afterwards and
     * has its old definition again.
     *
     * @throws GuestFailedException when the guest finds damage
     * @throws TimeoutException when it says nothing in time
     */
    public static Console.Verified verify(Virsh virsh, String domain, Path console, Duration timeout)
            throws IOException, InterruptedException, TimeoutException {
        String before = virsh.inactiveXml(domain);
        virsh.define(GuestXml.withConsole(GuestXml.withMode(before, GuestXml.VERIFY), console));
        try {
            virsh.start(domain);
            Console.Verified verified = new Console(console).awaitVerified(timeout);
            virsh.awaitOff(domain, Duration.ofSeconds(20));
            return verified;
        } finally {
            // A guest that gave its verdict is powering off by itself; only one that hangs has to be destroyed.
            if (!virsh.awaitOff(domain, Duration.ofSeconds(10))) {
                virsh.destroy(domain);
            }
            virsh.define(before);
        }
    }
}
