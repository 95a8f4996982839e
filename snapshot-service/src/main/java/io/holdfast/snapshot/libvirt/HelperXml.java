package io.holdfast.snapshot.libvirt;

import java.util.List;
import org.w3c.dom.Element;

/** Helper domains: transient, paused, tiny, never run a guest instruction; their QEMU only moves blocks. Pure. */
final class HelperXml {

    private static final String MEMORY_MIB = "32";
    /** One letter each. */
    static final int MAX_DISKS = 26;

    private HelperXml() {}

    /** @param arch of the guest whose emulator is known to be there; empty: x86_64 */
    static String domain(String name, String uuid, String arch, List<Tag> disks) {
        return Tag.of("domain")
                .with("type", "qemu")
                .add(
                        Tag.of("name", name),
                        Tag.of("uuid", uuid),
                        Tag.of("memory", MEMORY_MIB).with("unit", "MiB"),
                        Tag.of("vcpu", "1"),
                        Tag.of("os").add(Tag.of("type", "hvm").with("arch", arch.isEmpty() ? "x86_64" : arch)),
                        Tag.of("devices")
                                .add(disks)
                                .add(
                                        Tag.of("controller").with("type", "usb").with("model", "none"),
                                        Tag.of("memballoon").with("model", "none")))
                .xml();
    }

    /** The helper's own name for its n-th disk. */
    static String device(int n) {
        if (n >= MAX_DISKS) {
            throw new IllegalArgumentException("more than 26 disks");
        }
        return "vd" + (char) ('a' + n);
    }

    static Tag file(String target, String path, String format, boolean block) {
        return Tag.of("disk")
                .with("type", block ? "block" : "file")
                .with("device", "disk")
                .add(
                        Tag.of("driver").with("name", "qemu").with("type", format),
                        Tag.of("source").with(block ? "dev" : "file", path),
                        Tag.of("target").with("dev", target).with("bus", "virtio"),
                        Tag.of("readonly"));
    }

    static String arch(Element domain) {
        return Xml.attr(Xml.child(domain, "os").flatMap(os -> Xml.child(os, "type")), "arch");
    }
}
