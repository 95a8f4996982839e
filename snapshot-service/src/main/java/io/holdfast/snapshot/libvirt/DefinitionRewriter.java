package io.holdfast.snapshot.libvirt;

import io.holdfast.snapshot.domain.Target;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.w3c.dom.Element;

/** Turns a point's definition into the definition of another VM, or gives a VM other disks. Pure but for new addresses. */
final class DefinitionRewriter {

    private static final SecureRandom RANDOM = new SecureRandom();

    private DefinitionRewriter() {}

    /** A definition and what people should know of it. */
    record Rewritten(String xml, List<String> notes) {}

    /** @param connected whether NICs may come up: not while the original VM is there */
    static Rewritten asNewVm(Target target, boolean connected) {
        Element root = Xml.parse(target.definition());
        List<String> notes = new ArrayList<>();
        Xml.ensure(root, "name").setTextContent(target.vmName());
        Xml.ensure(root, "uuid").setTextContent(target.newId().toString());
        root.removeAttribute("id");
        Xml.remove(root, "genid");
        Xml.child(root, "os").ifPresent(os -> {
            if (Xml.child(os, "nvram").isPresent()) {
                Xml.remove(os, "nvram");
                notes.add("The VM starts with fresh firmware variables (NVRAM).");
            }
        });
        Element devices = Xml.ensure(root, "devices");
        dropHostDevices(devices, notes);
        String network = target.network();
        if (network != null) {
            Xml.children(devices, "interface").forEach(nic -> connect(nic, network));
        }
        if (target.source().equals(target.originalSource())) {
            // The host's own words: its files and programs are where they were, but the original's consoles are not
            // shared.
            ForeignParts.unshare(devices, notes);
        } else {
            ForeignParts.drop(root, notes);
        }
        disksOfNewVm(devices, target, notes);
        interfaces(devices, connected, notes);
        return new Rewritten(Xml.write(root), List.copyOf(notes));
    }

    /** The VM's own present definition with the target's volumes in place of the disks of the same keys. */
    static String withNewDisks(String present, Target target) {
        Element root = Xml.parse(present);
        Map<String, Target.Disk> volumes = volumes(target);
        for (Element disk : Xml.children(Xml.ensure(root, "devices"), "disk")) {
            Target.Disk volume = volumes.get(Xml.attr(Xml.child(disk, "target"), "dev"));
            if (volume != null) {
                attach(disk, volume);
            }
        }
        return Xml.write(root);
    }

    /**
     * What a point keeps of a running VM: its definition for the next start, and the disks that a backup holds although they
     * are attached for this run only.
     */
    static Rewritten withLiveDisks(String next, DomainXml live) {
        DomainXml known = DomainXml.parse(next);
        List<DomainXml.Disk> missing = live.disks().stream()
                .filter(d -> DiskRules.refusal(d) == null && known.disk(d.key()).isEmpty())
                .toList();
        if (missing.isEmpty()) {
            return new Rewritten(next, List.of());
        }
        Element devices = Xml.ensure(known.root(), "devices");
        List<String> notes = new ArrayList<>();
        for (DomainXml.Disk d : missing) {
            Element disk = (Element) known.root().getOwnerDocument().importNode(d.element(), true);
            // What only this run of QEMU knows, and a place that the definition may have given to another device.
            for (String child : List.of("alias", "address", "backingStore", "mirror")) {
                Xml.remove(disk, child);
            }
            devices.appendChild(disk);
            notes.add("Disk " + d.key()
                    + " was attached for that run of the VM only; the point holds it, and a restored VM keeps it.");
        }
        return new Rewritten(Xml.write(known.root()), List.copyOf(notes));
    }

    private static Map<String, Target.Disk> volumes(Target target) {
        return target.disks().stream().collect(Collectors.toMap(Target.Disk::key, Function.identity()));
    }

    private static void disksOfNewVm(Element devices, Target target, List<String> notes) {
        Map<String, Target.Disk> volumes = volumes(target);
        for (Element disk : Xml.children(devices, "disk")) {
            String key = Xml.attr(Xml.child(disk, "target"), "dev");
            Target.Disk volume = volumes.get(key);
            String device = disk.getAttribute("device");
            if (volume != null) {
                attach(disk, volume);
            } else if (device.equals("cdrom") || device.equals("floppy")) {
                Xml.remove(disk, "source");
                disk.setAttribute("type", "file");
            } else {
                devices.removeChild(disk);
                notes.add("Disk " + key + " is not part of the restored VM.");
            }
        }
    }

    private static void attach(Element disk, Target.Disk volume) {
        for (String child : List.of("source", "backingStore", "mirror", "auth", "encryption")) {
            Xml.remove(disk, child);
        }
        disk.setAttribute("type", "file");
        disk.removeAttribute("snapshot");
        Element driver = Xml.ensure(disk, "driver");
        driver.setAttribute("name", "qemu");
        driver.setAttribute("type", volume.format());
        Xml.ensure(disk, "source").setAttribute("file", volume.volume().path());
    }

    private static void connect(Element nic, String network) {
        nic.setAttribute("type", "network");
        Xml.remove(nic, "source");
        Xml.ensure(nic, "source").setAttribute("network", network);
    }

    private static void interfaces(Element devices, boolean connected, List<String> notes) {
        List<Element> nics = Xml.children(devices, "interface");
        for (Element nic : nics) {
            Xml.ensure(nic, "mac").setAttribute("address", freshMac());
            Xml.remove(nic, "target");
            Optional<Element> source = Xml.child(nic, "source");
            source.ifPresent(s -> s.removeAttribute("portid"));
            if (!connected) {
                Xml.ensure(nic, "link").setAttribute("state", "down");
            }
        }
        if (!nics.isEmpty() && !connected) {
            notes.add(
                    "The network cards are disconnected because the original VM may be there; connect them when it is gone.");
        }
    }

    private static void dropHostDevices(Element devices, List<String> notes) {
        if (!Xml.children(devices, "hostdev").isEmpty()) {
            Xml.remove(devices, "hostdev");
            notes.add("Devices of the host that were passed through are not part of the restored VM.");
        }
    }

    private static String freshMac() {
        return String.format("52:54:00:%02x:%02x:%02x", RANDOM.nextInt(256), RANDOM.nextInt(256), RANDOM.nextInt(256));
    }
}
