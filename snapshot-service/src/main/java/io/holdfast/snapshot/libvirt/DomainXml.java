package io.holdfast.snapshot.libvirt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Element;

/** A domain's definition, read. */
record DomainXml(Element root, String name, String uuid, List<Disk> disks) {

    /** One layer of a disk's chain, the one written to first. */
    record Layer(String path, String format) {}

    /**
     * One disk.
     *
     * @param type of the source: {@code file}, {@code block}, {@code volume}, {@code network}, ...
     * @param chain layers as far as libvirt shows them; only a running domain shows more than one
     * @param mirrorReady empty without a block job that mirrors; else whether it may be ended
     * @param mirror the file that such a job writes to
     */
    record Disk(
            String key,
            String device,
            String type,
            List<Layer> chain,
            boolean readonly,
            boolean shareable,
            boolean transientDisk,
            Optional<Boolean> mirrorReady,
            Optional<String> mirror,
            Element element) {

        Disk with(List<Layer> layers, Optional<String> mirrorPath) {
            return new Disk(
                    key, device, type, layers, readonly, shareable, transientDisk, mirrorReady, mirrorPath, element);
        }

        String format() {
            return chain.getFirst().format();
        }

        String path() {
            return chain.getFirst().path();
        }

        /** Whether every layer can keep a bitmap. */
        boolean allQcow2() {
            return chain.stream().allMatch(l -> l.format().equals("qcow2"));
        }

        /** Whether it says that beneath its last layer there is nothing. */
        boolean closed() {
            Optional<Element> layer = Xml.child(element, "backingStore");
            while (layer.isPresent() && Xml.child(layer.get(), "source").isPresent()) {
                layer = Xml.child(layer.get(), "backingStore");
            }
            return layer.isPresent();
        }
    }

    static DomainXml parse(String xml) {
        return of(Xml.parse(xml));
    }

    static DomainXml of(Element root) {
        List<Disk> disks = new ArrayList<>();
        Xml.child(root, "devices").ifPresent(d -> Xml.children(d, "disk").forEach(e -> disks.add(disk(e))));
        return new DomainXml(root, Xml.text(root, "name"), Xml.text(root, "uuid"), List.copyOf(disks));
    }

    Optional<Disk> disk(String key) {
        return disks.stream().filter(d -> d.key().equals(key)).findFirst();
    }

    static Disk disk(Element e) {
        String device = e.getAttribute("device");
        Optional<Element> mirror = Xml.child(e, "mirror");
        return new Disk(
                Xml.attr(Xml.child(e, "target"), "dev"),
                device.isEmpty() ? "disk" : device,
                e.getAttribute("type"),
                chain(e),
                Xml.child(e, "readonly").isPresent(),
                Xml.child(e, "shareable").isPresent(),
                Xml.child(e, "transient").isPresent(),
                mirror.map(m -> m.getAttribute("ready").equals("yes")),
                mirror.map(DomainXml::path),
                e);
    }

    private static List<Layer> chain(Element disk) {
        List<Layer> layers = new ArrayList<>();
        String driver = Xml.attr(Xml.child(disk, "driver"), "type");
        // Without a type libvirt takes raw, and so do we: what a guest wrote never decides.
        layers.add(new Layer(path(disk), driver.isEmpty() ? "raw" : driver));
        Optional<Element> next = Xml.child(disk, "backingStore");
        while (next.isPresent() && Xml.child(next.get(), "source").isPresent()) {
            Element layer = next.get();
            layers.add(new Layer(path(layer), Xml.attr(Xml.child(layer, "format"), "type")));
            next = Xml.child(layer, "backingStore");
        }
        return List.copyOf(layers);
    }

    private static String path(Element layer) {
        Optional<Element> source = Xml.child(layer, "source");
        String file = Xml.attr(source, "file");
        return file.isEmpty() ? Xml.attr(source, "dev") : file;
    }
}
