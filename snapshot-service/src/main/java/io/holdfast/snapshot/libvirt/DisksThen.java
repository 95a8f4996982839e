package io.holdfast.snapshot.libvirt;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.w3c.dom.Element;

/**
 * The VM's disks at a checkpoint's moment, from the definition that libvirt keeps with it. All its bitmaps have one name,
 * whatever disk they are of: a file that has come to another place in the VM brings a bitmap that says nothing of the disk that was
 * in that place.
 */
record DisksThen(List<DomainXml.Disk> disks) {

    /** Of a checkpoint's description. */
    static DisksThen of(Element checkpoint) {
        Optional<Element> domain = Xml.child(checkpoint, "domain");
        return new DisksThen(domain.map(root -> DomainXml.of(root).disks()).orElse(List.of()));
    }

    /** Whether the disk now has a file that then was one of another disk and none of its own. */
    boolean wasAnothers(String key, DomainXml live) {
        Set<String> others = new HashSet<>();
        disks.stream().filter(d -> !d.key().equals(key)).forEach(d -> others.addAll(files(d)));
        disks.stream().filter(d -> d.key().equals(key)).forEach(d -> others.removeAll(files(d)));
        return live.disk(key).stream().flatMap(d -> files(d).stream()).anyMatch(others::contains);
    }

    private static Set<String> files(DomainXml.Disk disk) {
        return disk.chain().stream()
                .map(DomainXml.Layer::path)
                .filter(path -> !path.isEmpty())
                .collect(Collectors.toSet());
    }
}
