package io.holdfast.snapshot.libvirt;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;

/** The devices of {@link ForeignParts}: which kinds are kept, and what of them. Pure. */
final class ForeignDevices {

    /** Kept of every device. */
    private static final Set<String> OF_ANY =
            Set.of("address", "alias", "acpi", "boot", "driver", "model", "target", "codec", "audio");

    private static final Set<String> OF_CHARACTERS = Set.of("source", "protocol");

    /** The kinds of devices that are kept, and what of each beside {@link #OF_ANY}. */
    private static final Map<String, Set<String>> KEPT = Map.ofEntries(
            // Its source is replaced by a volume of ours, or taken away.
            entry(
                    "disk",
                    Set.of(
                            "source",
                            "iotune",
                            "throttlefilters",
                            "readonly",
                            "shareable",
                            "transient",
                            "blockio",
                            "geometry",
                            "serial",
                            "wwn",
                            "vendor",
                            "product")),
            entry("controller", Set.of("master", "pcihole64")),
            entry(
                    "interface",
                    Set.of(
                            "mac",
                            "source",
                            "link",
                            "mtu",
                            "bandwidth",
                            "coalesce",
                            "filterref",
                            "virtualport",
                            "vlan",
                            "port",
                            "tune",
                            "teaming",
                            "ip",
                            "route",
                            "backend",
                            "rom")),
            entry("serial", OF_CHARACTERS),
            entry("console", OF_CHARACTERS),
            entry("parallel", OF_CHARACTERS),
            entry("channel", OF_CHARACTERS),
            entry(
                    "graphics",
                    Set.of(
                            "listen",
                            "channel",
                            "image",
                            "jpeg",
                            "zlib",
                            "playback",
                            "streaming",
                            "mouse",
                            "clipboard",
                            "filetransfer",
                            "gl")),
            entry("video", Set.of()),
            entry("input", Set.of()),
            entry("hub", Set.of()),
            entry("sound", Set.of()),
            entry("audio", Set.of("input", "output")),
            entry("watchdog", Set.of()),
            entry("memballoon", Set.of("stats")),
            entry("rng", Set.of("backend", "rate")),
            entry("tpm", Set.of("backend")),
            entry("redirdev", Set.of()),
            entry("redirfilter", Set.of("usbdev")),
            entry("smartcard", Set.of()),
            entry("memory", Set.of("source")),
            entry("iommu", Set.of()),
            entry("crypto", Set.of("backend")),
            entry("panic", Set.of()),
            entry("nvram", Set.of()));

    /** Of some kinds only these types, or modes or models where those say what is opened. */
    private static final Map<String, Set<String>> VALUES = Map.of(
            "interface type", Set.of("network", "bridge", "direct", "user", "internal", "null"),
            "graphics type", Set.of("vnc", "spice", "egl-headless"),
            "input type", Set.of("mouse", "tablet", "keyboard"),
            "redirdev type", Set.of("spicevmc"),
            "smartcard mode", Set.of("passthrough"),
            "smartcard type", Set.of("spicevmc"),
            "memory model", Set.of("dimm", "virtio-mem", "sgx-epc"));

    /** Attributes that name a file or device of the host, or keep a secret, wherever they are. */
    private static final Set<String> NOWHERE = Set.of(
            "file",
            "path",
            "socket",
            "rendernode",
            "logFile",
            "evdev",
            "tty",
            "passwd",
            "passwdValidTo",
            "connected",
            "rawio",
            "sgio");

    private static final Set<String> CONSOLES = Set.of("serial", "console", "parallel");
    private static final Set<String> QUIET_CONSOLES = Set.of("pty", "null", "vc", "spiceport", "spicevmc");
    private static final Set<String> GUEST_CHANNELS =
            Set.of("unix", "pty", "null", "spicevmc", "spiceport", "qemu-vdagent", "dbus");
    private static final Set<String> RANDOM_SOURCES = Set.of("/dev/urandom", "/dev/random");
    private static final Set<String> SILENT_AUDIO = Set.of("none", "spice");
    private static final Set<String> LOOPBACK = Set.of("", "127.0.0.1", "::1", "localhost");
    private static final String USUAL_EMULATOR = "/usr/(local/)?(bin|libexec)/(qemu-system-[a-z0-9_]+|qemu-kvm|kvm)";

    private ForeignDevices() {}

    static void drop(Element devices, ForeignParts.Dropped dropped, List<String> notes) {
        for (Element device : Xml.children(devices)) {
            if (kept(device)) {
                dropParts(device, dropped);
                settle(device, dropped, notes);
                clear(device);
            } else {
                devices.removeChild(device);
                if (!usual(device)) {
                    dropped.add(called(device));
                }
            }
        }
    }

    /** The same for a VM beside its original, on one host: only consoles and channels are looked at. */
    static void unshare(Element devices, ForeignParts.Dropped dropped) {
        for (Element device : Xml.children(devices)) {
            if (CONSOLES.contains(device.getTagName())) {
                Xml.remove(device, "log");
                console(device);
            } else if (device.getTagName().equals("channel") && !forwards(device)) {
                Xml.remove(device, "log");
                channel(device, dropped);
            }
        }
    }

    /** Leads from an address in the guest to something of the host, which may serve both. */
    private static boolean forwards(Element device) {
        return Xml.children(device, "target").stream()
                .anyMatch(t -> t.getAttribute("type").equals("guestfwd"));
    }

    private static boolean kept(Element device) {
        String kind = device.getTagName();
        return KEPT.containsKey(kind)
                && Stream.of("type", "mode", "model").allMatch(a -> allowed(kind, a, device.getAttribute(a)))
                // These lead to programs of the host, and their opposite number is a device or a socket.
                && !forwards(device)
                && (!kind.equals("tpm")
                        || Xml.children(device, "backend").stream()
                                .allMatch(b -> b.getAttribute("type").equals("emulator")));
    }

    private static boolean allowed(String kind, String attribute, String value) {
        Set<String> values = VALUES.get(kind + " " + attribute);
        return values == null || values.contains(value);
    }

    /** What libvirt writes into every definition is no loss. */
    private static boolean usual(Element device) {
        return device.getTagName().equals("emulator")
                && device.getTextContent().strip().matches(USUAL_EMULATOR);
    }

    private static String called(Element device) {
        String what = Stream.of(
                        device.getAttribute("type"),
                        device.getAttribute("mode"),
                        device.getAttribute("model"),
                        device.getTextContent().strip())
                .filter(w -> !w.isEmpty())
                .findFirst()
                .orElse("");
        return (device.getTagName() + " " + what).strip();
    }

    private static void dropParts(Element device, ForeignParts.Dropped dropped) {
        String kind = device.getTagName();
        for (Element part : Xml.children(device)) {
            String name = part.getTagName();
            if (!OF_ANY.contains(name) && !KEPT.getOrDefault(kind, Set.of()).contains(name)) {
                device.removeChild(part);
                // A disk gets a volume of its own in place of all that.
                if (!kind.equals("disk") && !name.equals("log")) {
                    dropped.add(kind + " " + name);
                }
            }
        }
    }

    private static void settle(Element device, ForeignParts.Dropped dropped, List<String> notes) {
        switch (device.getTagName()) {
            case "serial", "console", "parallel" -> console(device);
            case "channel" -> channel(device, dropped);
            case "interface" -> networkCard(device, dropped);
            case "graphics" -> graphics(device, notes);
            case "audio" -> audio(device, dropped);
            case "rng" -> random(device, dropped);
            case "tpm" -> tpm(device, dropped);
            case "memory" -> Xml.children(device, "source").forEach(s -> Xml.remove(s, "path"));
            default -> {
                // Nothing else of it leads to a host.
            }
        }
    }

    /** A file, socket or port that a console of the original writes to is never shared. */
    private static void console(Element device) {
        if (!QUIET_CONSOLES.contains(device.getAttribute("type"))) {
            device.setAttribute("type", "pty");
            Xml.remove(device, "source");
            Xml.remove(device, "protocol");
        }
    }

    /** The guest keeps its port; libvirt makes a socket of the new VM's own at the other end. */
    private static void channel(Element device, ForeignParts.Dropped dropped) {
        if (!GUEST_CHANNELS.contains(device.getAttribute("type"))) {
            dropped.add(called(device));
            device.setAttribute("type", "unix");
        }
        if (device.getAttribute("type").equals("unix")) {
            Xml.remove(device, "source");
            Xml.remove(device, "protocol");
        }
    }

    private static void networkCard(Element device, ForeignParts.Dropped dropped) {
        for (Element rom : Xml.children(device, "rom")) {
            if (rom.hasAttribute("file")) {
                device.removeChild(rom);
                dropped.add("interface rom");
            }
        }
        // Which program serves a user network may matter; what it is told does not.
        Xml.children(device, "backend").forEach(b -> keepAttributes(b, Set.of("type")));
    }

    private static void graphics(Element device, List<String> notes) {
        boolean changed = device.hasAttribute("passwd") || !LOOPBACK.contains(device.getAttribute("listen"));
        for (Element listen : Xml.children(device, "listen")) {
            if (listen.getAttribute("type").equals("network") || !LOOPBACK.contains(listen.getAttribute("address"))) {
                listen.setAttribute("type", "address");
                keepAttributes(listen, Set.of("type"));
                changed = true;
            }
        }
        if (changed) {
            device.removeAttribute("listen");
            String note = "The VM's screen is shown where its new host is configured to, without the password it had.";
            if (!notes.contains(note)) {
                notes.add(note);
            }
        }
    }

    private static void audio(Element device, ForeignParts.Dropped dropped) {
        if (!SILENT_AUDIO.contains(device.getAttribute("type"))) {
            dropped.add(called(device));
            device.setAttribute("type", "none");
            keepAttributes(device, Set.of("type", "id"));
            Xml.children(device).forEach(device::removeChild);
        }
    }

    private static void random(Element device, ForeignParts.Dropped dropped) {
        for (Element backend : Xml.children(device, "backend")) {
            String from = backend.getTextContent().strip();
            String model = backend.getAttribute("model");
            boolean fine = model.equals("builtin") || (model.equals("random") && RANDOM_SOURCES.contains(from));
            if (!fine) {
                dropped.add("rng " + from);
                keepAttributes(backend, Set.of());
                backend.setAttribute("model", "random");
                backend.setTextContent("/dev/urandom");
            }
        }
    }

    /** Its state is not in a point: it begins empty, and needs no key of another host. */
    private static void tpm(Element device, ForeignParts.Dropped dropped) {
        for (Element backend : Xml.children(device, "backend")) {
            for (Element part : Xml.children(backend)) {
                if (!part.getTagName().equals("active_pcr_banks")) {
                    backend.removeChild(part);
                    dropped.add("tpm " + part.getTagName());
                }
            }
        }
    }

    private static void keepAttributes(Element element, Set<String> names) {
        NamedNodeMap all = element.getAttributes();
        for (int i = all.getLength() - 1; i >= 0; i--) {
            if (!names.contains(all.item(i).getNodeName())) {
                element.removeAttribute(all.item(i).getNodeName());
            }
        }
    }

    private static void clear(Element element) {
        NOWHERE.forEach(element::removeAttribute);
        Xml.remove(element, "seclabel");
        Xml.children(element).forEach(ForeignDevices::clear);
    }
}
