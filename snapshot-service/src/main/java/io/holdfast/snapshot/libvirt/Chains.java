package io.holdfast.snapshot.libvirt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.StorageVol;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Which files lie beneath which, and which are used at all. All methods run inside a {@link LibvirtConnection} call. */
final class Chains {

    /** A chain that is longer is a loop, or made to keep us busy. */
    private static final int MAX_DEPTH = 200;

    private Chains() {}

    /** The file that a volume lies upon; empty if there is none, or the file is no volume. */
    static String beneath(Connect c, String path) throws LibvirtException {
        Optional<StorageVol> volume = path.isEmpty() ? Optional.empty() : Volumes.byPath(c, path);
        return volume.isPresent() ? backing(volume.get()) : "";
    }

    private static String backing(StorageVol volume) throws LibvirtException {
        return Xml.child(Xml.parse(volume.getXMLDesc(0)), "backingStore")
                .map(b -> Xml.text(b, "path"))
                .orElse("");
    }

    /** Whether a file is another one, or lies upon it. */
    static boolean liesOn(Connect c, String path, String wanted) throws LibvirtException {
        return down(c, path).contains(wanted);
    }

    /** A file and everything that it lies upon. */
    static Set<String> down(Connect c, String path) throws LibvirtException {
        Set<String> files = new LinkedHashSet<>();
        String at = path;
        while (files.size() < MAX_DEPTH && !at.isEmpty() && files.add(at)) {
            at = beneath(c, at);
        }
        return files;
    }

    /**
     * Every file that a domain of the source names, running or not, its snapshots included, and everything beneath: more than
     * what its disks use, never less.
     */
    static Set<String> used(Connect c) throws LibvirtException {
        Set<String> named = new LinkedHashSet<>();
        Domains.each(c, domain -> {
            for (String xml : definitions(domain)) {
                sources(c, Xml.parse(xml), named);
            }
        });
        Set<String> used = new HashSet<>();
        for (String path : named) {
            String at = path;
            while (!at.isEmpty() && used.add(at)) {
                at = beneath(c, at);
            }
        }
        return used;
    }

    /** A domain's definitions, the live one first, and the descriptions of its snapshots. */
    static List<String> definitions(Domain domain) throws LibvirtException {
        List<String> found = new ArrayList<>(List.of(domain.getXMLDesc(0)));
        if (domain.isPersistent() == 1) {
            found.add(domain.getXMLDesc(Domains.INACTIVE_XML));
        }
        for (String snapshot : domain.snapshotListNames()) {
            try {
                found.add(domain.snapshotLookupByName(snapshot).getXMLDesc(0));
            } catch (LibvirtException e) {
                if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN_SNAPSHOT)) {
                    throw e;
                }
            }
        }
        return found;
    }

    private static void sources(Connect c, Element root, Set<String> into) throws LibvirtException {
        NodeList sources = root.getElementsByTagName("source");
        for (int i = 0; i < sources.getLength(); i++) {
            String path = path(c, (Element) sources.item(i));
            if (!path.isEmpty()) {
                into.add(path);
            }
        }
    }

    /** A disk with all its paths, also of layers that name pool and volume, as far as they are known. */
    static DomainXml.Disk resolved(Connect c, DomainXml.Disk disk) throws LibvirtException {
        List<DomainXml.Layer> layers = new ArrayList<>();
        Element at = disk.element();
        for (DomainXml.Layer layer : disk.chain()) {
            Optional<Element> source = Xml.child(at, "source");
            boolean named = layer.path().isEmpty() && source.isPresent();
            layers.add(new DomainXml.Layer(named ? path(c, source.get()) : layer.path(), layer.format()));
            at = Xml.child(at, "backingStore").orElse(at);
        }
        Optional<Element> mirror = Xml.child(disk.element(), "mirror").flatMap(m -> Xml.child(m, "source"));
        Optional<String> to = mirror.isPresent() ? Optional.of(path(c, mirror.get())) : disk.mirror();
        return disk.with(List.copyOf(layers), to);
    }

    /**
     * The file that all other layers of a running VM's disk lie upon; empty if it is not known. Snapshots and their consolidation
     * never change it.
     */
    static String bottom(Connect c, DomainXml.Disk disk) throws LibvirtException {
        return resolved(c, disk).chain().getLast().path();
    }

    /** Where a disk's top layer lies, also of a disk that names pool and volume; empty if that is not known. */
    static String path(Connect c, DomainXml.Disk disk) throws LibvirtException {
        Optional<Element> source = Xml.child(disk.element(), "source");
        return source.isPresent() ? path(c, source.get()) : "";
    }

    private static String path(Connect c, Element source) throws LibvirtException {
        for (String attribute : List.of("file", "dev")) {
            if (!source.getAttribute(attribute).isEmpty()) {
                return source.getAttribute(attribute);
            }
        }
        String pool = source.getAttribute("pool");
        String volume = source.getAttribute("volume");
        if (pool.isEmpty() || volume.isEmpty()) {
            return "";
        }
        Optional<StorageVol> found = Volumes.find(c, pool, volume);
        return found.isPresent() ? found.get().getPath() : "";
    }
}
