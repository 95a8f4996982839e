package io.holdfast.snapshot.libvirt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;
import org.libvirt.StorageVol;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Who lies upon which file, as far as a source shows it: by the volumes of its pools, by its domains, running or not, and by
 * their snapshots. What lies beneath a file is known where a pool has the file, or where a domain shows the whole chain, as
 * running ones do; of any other image file nobody knows it. All methods run inside a {@link LibvirtConnection} call.
 */
final class Dependants {

    private final Set<String> folders = new HashSet<>();
    private final Map<String, List<DomainXml.Layer>> volumes = new LinkedHashMap<>();
    private final Map<String, List<DomainXml.Layer>> shown = new HashMap<>();
    private final List<Named> named = new ArrayList<>();

    /**
     * A layer that a domain names.
     *
     * @param defined whether its definition does, and not only the description of one of its snapshots
     */
    private record Named(String vm, String name, DomainXml.Layer layer, boolean defined) {}

    /**
     * What is claimed.
     *
     * @param by by file: somebody who uses it or lies upon it, for people
     * @param unknown what may lie upon any file
     */
    record Claims(Map<String, String> by, List<Unknown> unknown) {}

    /**
     * A file of which nobody knows what it lies upon.
     *
     * @param by who uses it, for people
     */
    record Unknown(String by, String file) {}

    private Dependants() {}

    /** Looks at all domains and, anew, at all pools. */
    static Dependants look(Connect c) throws LibvirtException {
        Dependants found = new Dependants();
        for (String pool : c.listStoragePools()) {
            found.add(c, c.storagePoolLookupByName(pool));
        }
        Domains.each(c, domain -> found.add(c, domain));
        return found;
    }

    private void add(Connect c, StoragePool pool) throws LibvirtException {
        PoolGate.refresh(pool);
        folders.add(Volumes.folder(pool));
        for (String volume : pool.listVolumes()) {
            Optional<StorageVol> there = Volumes.find(c, pool.getName(), volume);
            if (there.isPresent()) {
                Element xml = Xml.parse(there.get().getXMLDesc(0));
                volumes.put(
                        there.get().getPath(),
                        Xml.child(xml, "backingStore")
                                .map(b -> new DomainXml.Layer(
                                        Xml.text(b, "path"), Xml.attr(Xml.child(b, "format"), "type")))
                                .stream()
                                .toList());
            }
        }
    }

    private void add(Connect c, Domain domain) throws LibvirtException {
        for (String xml : Chains.definitions(domain)) {
            Element root = Xml.parse(xml);
            NodeList disks = root.getElementsByTagName("disk");
            for (int i = 0; i < disks.getLength(); i++) {
                Element disk = (Element) disks.item(i);
                if (Xml.child(disk, "source").isPresent()) {
                    add(c, domain, DomainXml.disk(disk), root.getTagName().equals("domain"));
                }
            }
        }
    }

    private void add(Connect c, Domain domain, DomainXml.Disk disk, boolean defined) throws LibvirtException {
        List<DomainXml.Layer> chain = new ArrayList<>(disk.chain());
        chain.set(0, new DomainXml.Layer(top(c, disk), disk.format()));
        for (int i = 0; i < chain.size(); i++) {
            DomainXml.Layer layer = chain.get(i);
            if (layer.path().isEmpty()) {
                // On another machine: no file of this source.
                continue;
            }
            named.add(new Named(domain.getUUIDString(), domain.getName(), layer, defined));
            List<DomainXml.Layer> next = chain.subList(i + 1, Math.min(i + 2, chain.size()));
            if (!next.isEmpty() || disk.closed()) {
                shown.computeIfAbsent(layer.path(), p -> new ArrayList<>()).addAll(next);
            }
        }
    }

    /** Its file; of a volume that cannot be found, as of a pool that is not started, pool and name. */
    private static String top(Connect c, DomainXml.Disk disk) throws LibvirtException {
        String path = Chains.path(c, disk);
        var source = Xml.child(disk.element(), "source");
        return path.isEmpty() && disk.type().equals("volume")
                ? Xml.attr(source, "pool") + "/" + Xml.attr(source, "volume")
                : path;
    }

    /**
     * What is claimed beside one VM's disk.
     *
     * @param vm whose naming of the disk's files does not count; empty if everybody's does
     * @param files of the disk: that they lie upon each other as volumes does not count
     */
    Claims besides(String vm, Set<String> files) {
        Walk walk = new Walk();
        named.stream()
                .filter(n -> n.defined()
                        && !(n.vm().equals(vm) && files.contains(n.layer().path())))
                .forEach(n -> walk.claim("VM " + n.name(), n.layer(), true));
        // A raw disk's bytes are its guest's: what looks like a header there says nothing.
        Set<String> raw = definedAs(true);
        raw.removeAll(definedAs(false));
        volumes.forEach((path, beneath) -> {
            if (!files.contains(path) && !raw.contains(path)) {
                beneath.forEach(b -> walk.claim("the volume " + path, b, true));
            }
        });
        // Last: of what only a snapshot names it is enough to know what is seen.
        named.stream()
                .filter(n -> !n.defined() && !n.vm().equals(vm))
                .forEach(n -> walk.claim("a snapshot of VM " + n.name(), n.layer(), false));
        return new Claims(Map.copyOf(walk.by), List.copyOf(walk.unknown));
    }

    private Set<String> definedAs(boolean raw) {
        return named.stream()
                .filter(n -> n.defined() && raw(n.layer()) == raw)
                .map(n -> n.layer().path())
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static boolean raw(DomainXml.Layer layer) {
        return layer.format().equals("raw");
    }

    /** Whether it is known what lies beneath a file; also of one that its pool does not have any more. */
    private boolean known(String path) {
        int name = path.lastIndexOf('/');
        return shown.containsKey(path)
                || volumes.containsKey(path)
                || (name > 0 && folders.contains(path.substring(0, name)));
    }

    /** From who uses a file to all that lies beneath. */
    private final class Walk {
        private final Map<String, String> by = new LinkedHashMap<>();
        private final List<Unknown> unknown = new ArrayList<>();
        private final Set<String> followed = new HashSet<>();

        void claim(String who, DomainXml.Layer layer, boolean all) {
            String path = layer.path();
            by.putIfAbsent(path, who);
            if (raw(layer)) {
                return;
            }
            if (all && !known(path)) {
                unknown.add(new Unknown(who, path));
            }
            if (followed.add(path)) {
                shown.getOrDefault(path, List.of()).forEach(b -> claim(who, b, all));
                volumes.getOrDefault(path, List.of()).forEach(b -> claim(who, b, all));
            }
        }
    }
}
