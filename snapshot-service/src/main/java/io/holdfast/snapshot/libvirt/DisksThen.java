package io.holdfast.snapshot.libvirt;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.w3c.dom.Element;

/**
 * The VM's disks at a checkpoint's moment, from what is kept with it. All its bitmaps have one name, whatever disk they are of: a
 * file that has come to another place in the VM, or a copy of one, brings a bitmap that says nothing of the disk that was in that
 * place.
 *
 * @param disks of the definition that libvirt keeps with the checkpoint; of a VM that has been off since, without backing layers
 * @param bottoms by disk the file that all its layers lay upon, as Holdfast wrote it down; empty for checkpoints of before
 */
record DisksThen(List<DomainXml.Disk> disks, Map<String, String> bottoms) {

    /** Before each line of a checkpoint's description that says what a disk lies upon. */
    private static final String LINE = "disk ";

    /** Of a checkpoint's description. */
    static DisksThen of(Element checkpoint) {
        Optional<Element> domain = Xml.child(checkpoint, "domain");
        Map<String, String> bottoms = new HashMap<>();
        for (String line : Xml.text(checkpoint, "description").split("\n", -1)) {
            String[] parts = line.strip().split(" ", 3);
            if (parts.length == 3 && line.strip().startsWith(LINE)) {
                bottoms.put(parts[1], parts[2]);
            }
        }
        return new DisksThen(domain.map(root -> DomainXml.of(root).disks()).orElse(List.of()), Map.copyOf(bottoms));
    }

    /** What each disk of a running VM lies upon, as far as it is known. */
    static Map<String, String> bottoms(Connect c, DomainXml live) throws LibvirtException {
        Map<String, String> bottoms = new HashMap<>();
        for (DomainXml.Disk disk : live.disks()) {
            String bottom = DiskRules.refusal(disk) == null ? Chains.bottom(c, disk) : "";
            if (!bottom.isEmpty() && bottom.chars().noneMatch(Character::isISOControl)) {
                bottoms.put(disk.key(), bottom);
            }
        }
        return bottoms;
    }

    /** The description of a checkpoint, which people may read, too. */
    static String describe(Map<String, String> bottoms) {
        return bottoms.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(bottom -> LINE + bottom.getKey() + " " + bottom.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** Whether the disk now is another file than it was then, or has a file that then was one of another disk. */
    boolean isAnother(Connect c, String key, DomainXml live) throws LibvirtException {
        Optional<DomainXml.Disk> now = live.disk(key);
        String then = bottoms.get(key);
        if (now.isPresent() && then != null && !then.equals(Chains.bottom(c, now.get()))) {
            return true;
        }
        return wasAnothers(key, live);
    }

    private boolean wasAnothers(String key, DomainXml live) {
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
