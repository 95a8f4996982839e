package io.holdfast.snapshot.libvirt;

import io.holdfast.snapshot.domain.ViewPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.w3c.dom.Element;

/** What libvirt is told about a backup, and what it says of one. Pure. */
final class BackupXml {

    private BackupXml() {}

    /** The name of a disk's exported bitmap: part of the meta context's name. */
    static String exportedBitmap(ViewPlan.Disk disk) {
        return "changed-" + disk.key();
    }

    static String backup(ViewPlan plan, DomainXml domain) {
        Tag server = Tag.of("server");
        if (plan.port() > 0) {
            server.with("transport", "tcp").with("tls", "yes").with("name", "0.0.0.0");
            server.with("port", Integer.toString(plan.port()));
        } else {
            server.with("transport", "unix").with("socket", plan.socket());
        }
        Set<String> ours = new HashSet<>();
        List<Tag> disks = new ArrayList<>();
        for (ViewPlan.Disk d : plan.disks()) {
            ours.add(d.key());
            Tag tag = Tag.of("disk")
                    .with("name", d.key())
                    .with("backup", "yes")
                    .with("type", "file")
                    .with("exportname", d.export());
            if (d.baseCheckpoint() != null) {
                tag.with("exportbitmap", exportedBitmap(d));
                tag.with("backupmode", "incremental").with("incremental", d.baseCheckpoint());
            }
            disks.add(tag.add(
                    Tag.of("driver").with("type", "qcow2"),
                    Tag.of("scratch").with("file", d.scratch().path())));
        }
        disks.addAll(others(domain, ours, "backup"));
        return Tag.of("domainbackup")
                .with("mode", "pull")
                .add(server, Tag.of("disks").add(disks))
                .xml();
    }

    /** @param bottoms what each disk lies upon, see {@link DisksThen} */
    static String checkpoint(String name, ViewPlan plan, DomainXml domain, Map<String, String> bottoms) {
        Set<String> ours = new HashSet<>();
        List<Tag> disks = new ArrayList<>();
        for (ViewPlan.Disk d : plan.disks()) {
            ours.add(d.key());
            disks.add(Tag.of("disk").with("name", d.key()).with("checkpoint", d.bitmap() ? "bitmap" : "no"));
        }
        disks.addAll(others(domain, ours, "checkpoint"));
        return Tag.of("domaincheckpoint")
                .add(
                        Tag.of("name", name),
                        Tag.of("description", DisksThen.describe(bottoms)),
                        Tag.of("disks").add(disks))
                .xml();
    }

    private static List<Tag> others(DomainXml domain, Set<String> ours, String attribute) {
        return domain.disks().stream()
                .filter(d -> !ours.contains(d.key()))
                .filter(d -> !d.path().isEmpty() || !Set.of("cdrom", "floppy").contains(d.device()))
                .map(d -> Tag.of("disk").with("name", d.key()).with(attribute, "no"))
                .toList();
    }

    /** Whether a running job is this plan's. */
    static boolean isOurs(String running, ViewPlan plan) {
        Element root = Xml.parse(running);
        if (!plan.socket().isEmpty()
                && Xml.attr(Xml.child(root, "server"), "socket").equals(plan.socket())) {
            return true;
        }
        Set<String> names = exports(root);
        return plan.disks().stream().map(ViewPlan.Disk::export).anyMatch(names::contains);
    }

    static Set<String> exports(Element root) {
        Set<String> names = new HashSet<>();
        Xml.child(root, "disks")
                .ifPresent(d -> Xml.children(d, "disk").forEach(e -> names.add(e.getAttribute("exportname"))));
        names.remove("");
        return names;
    }
}
