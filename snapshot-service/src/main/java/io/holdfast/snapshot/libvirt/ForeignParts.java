package io.holdfast.snapshot.libvirt;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.w3c.dom.Element;

/**
 * What of a point's definition goes to the hypervisor that it is restored to. The one it was read on may have been taken
 * over: nothing of another host is believed, so that only what is listed is kept, and what names a program, a file, a socket
 * or a device of a host is left out or replaced by what libvirt chooses itself. Pure.
 */
final class ForeignParts {

    private static final Set<String> OF_A_DOMAIN = Set.of(
            "name",
            "uuid",
            "title",
            "description",
            // Opaque to libvirt: nothing in it acts.
            "metadata",
            "memory",
            "currentMemory",
            "maxMemory",
            "memoryBacking",
            "memtune",
            "vcpu",
            "vcpus",
            "cpu",
            "cputune",
            "numatune",
            "iothreads",
            "iothreadids",
            "defaultiothread",
            "blkiotune",
            "throttlegroups",
            "resource",
            "sysinfo",
            "os",
            "features",
            "clock",
            "pm",
            "perf",
            "keywrap",
            "on_poweroff",
            "on_reboot",
            "on_crash",
            "on_lockfailure",
            "devices");
    private static final Set<String> OF_OS = Set.of("type", "firmware", "boot", "bootmenu", "bios", "smbios");

    private ForeignParts() {}

    /** What was left out, for people. The names come from outside: short ones, and not too many of them. */
    static final class Dropped {

        private static final int MAX_NAMES = 16;
        private static final int MAX_CHARS = 60;

        private final Set<String> names = new LinkedHashSet<>();

        void add(String name) {
            String printable = name.replaceAll("[\\p{C}\\s]+", " ");
            names.add(printable.length() > MAX_CHARS ? printable.substring(0, MAX_CHARS) + "..." : printable);
        }

        private void tell(List<String> notes) {
            if (!names.isEmpty()) {
                int more = Math.max(0, names.size() - MAX_NAMES);
                notes.add("Left out of the definition, because it names programs, files, sockets or devices of a host: "
                        + String.join(", ", names.stream().limit(MAX_NAMES).toList())
                        + (more > 0 ? " and " + more + " more." : "."));
            }
        }
    }

    static void drop(Element root, List<String> notes) {
        Dropped dropped = new Dropped();
        // libvirt reads the devices of all of them.
        for (String once : List.of("os", "devices")) {
            Xml.children(root, once).stream().skip(1).forEach(root::removeChild);
        }
        for (Element e : Xml.children(root)) {
            if (!OF_A_DOMAIN.contains(e.getTagName())) {
                root.removeChild(e);
                if (!chosenByTheHost(e)) {
                    dropped.add(e.getTagName());
                }
            }
        }
        Xml.child(root, "os").ifPresent(os -> os(os, dropped, notes));
        for (Element tune : Xml.children(root, "blkiotune")) {
            Xml.remove(tune, "device");
        }
        for (Element info : Xml.children(root, "sysinfo")) {
            for (Element entry : Xml.children(info, "entry")) {
                if (entry.hasAttribute("file")) {
                    info.removeChild(entry);
                    dropped.add("sysinfo file");
                }
            }
        }
        Xml.child(root, "devices").ifPresent(devices -> ForeignDevices.drop(devices, dropped, notes));
        dropped.tell(notes);
    }

    /** What two VMs of one host cannot both have at the other end of a console or channel. */
    static void unshare(Element devices, List<String> notes) {
        Dropped dropped = new Dropped();
        ForeignDevices.unshare(devices, dropped);
        dropped.tell(notes);
    }

    /** A label that libvirt gave to one run is no loss. */
    private static boolean chosenByTheHost(Element e) {
        return e.getTagName().equals("seclabel")
                && e.getAttribute("type").equals("dynamic")
                && Xml.child(e, "baselabel").isEmpty();
    }

    private static void os(Element os, Dropped dropped, List<String> notes) {
        Optional<Element> loader = Xml.child(os, "loader");
        for (Element e : Xml.children(os)) {
            if (!OF_OS.contains(e.getTagName())) {
                os.removeChild(e);
                if (!e.getTagName().equals("loader")) {
                    dropped.add(e.getTagName());
                }
            }
        }
        loader.ifPresent(l -> firmware(os, l, dropped, notes));
    }

    /** Of a file of firmware only its kind is kept: libvirt finds the host's own. */
    private static void firmware(Element os, Element loader, Dropped dropped, List<String> notes) {
        if (!os.hasAttribute("firmware")) {
            if (!loader.getAttribute("type").equals("pflash")) {
                dropped.add("loader");
                return;
            }
            os.setAttribute("firmware", "efi");
            notes.add("The VM's UEFI firmware is the one that its new host chooses.");
        }
        if (loader.hasAttribute("secure") && os.getAttribute("firmware").equals("efi")) {
            Xml.ensure(os, "loader").setAttribute("secure", loader.getAttribute("secure"));
        }
    }
}
