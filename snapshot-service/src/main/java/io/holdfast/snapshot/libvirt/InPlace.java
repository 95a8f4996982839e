package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainCheckpoint;
import org.libvirt.LibvirtException;
import org.libvirt.StorageVol;

/** Gives a VM restored disks in place of its own. All methods run inside a {@link LibvirtConnection} call. */
final class InPlace {

    private static final int METADATA_ONLY = 2;

    private InPlace() {}

    /** Every layer of the disks that go, as far as the VM, its snapshots' definitions and the volumes show them. */
    static List<String> replacedPaths(Connect c, Target target) throws LibvirtException {
        Domain domain = domain(c, target);
        Set<String> keys = target.disks().stream().map(Target.Disk::key).collect(Collectors.toSet());
        Set<String> paths = new LinkedHashSet<>();
        collect(DomainXml.parse(domain.getXMLDesc(0)), keys, paths);
        collect(DomainXml.parse(domain.getXMLDesc(Domains.INACTIVE_XML)), keys, paths);
        for (String path : List.copyOf(paths)) {
            addBacking(c, path, paths);
        }
        target.disks().forEach(d -> paths.remove(d.volume().path()));
        return List.copyOf(paths);
    }

    private static void collect(DomainXml xml, Set<String> keys, Set<String> paths) {
        xml.disks().stream()
                .filter(d -> keys.contains(d.key()) && DiskRules.refusal(d) == null)
                .flatMap(d -> d.chain().stream())
                .map(DomainXml.Layer::path)
                .filter(p -> !p.isEmpty())
                .forEach(paths::add);
    }

    /** An overlay of ours names the layer beneath; a backing file of anybody else's may be shared and stays. */
    private static void addBacking(Connect c, String start, Set<String> paths) throws LibvirtException {
        String path = start;
        while (path.contains("/" + io.holdfast.snapshot.domain.Marks.PREFIX + "snapshot.")) {
            Optional<StorageVol> volume = Volumes.byPath(c, path);
            if (volume.isEmpty()) {
                return;
            }
            path = Xml.child(Xml.parse(volume.get().getXMLDesc(0)), "backingStore")
                    .map(b -> Xml.text(b, "path"))
                    .orElse("");
            if (path.isEmpty() || !paths.add(path)) {
                return;
            }
        }
    }

    static void switchDisks(Connect c, Target target) throws LibvirtException {
        Domain domain = domain(c, target);
        if (Domains.backupJob(domain).isPresent()) {
            throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM runs on the hypervisor.");
        }
        String present = domain.getXMLDesc(Domains.INACTIVE_XML);
        Domains.destroy(domain);
        if (domain.hasManagedSaveImage() == 1) {
            domain.managedSaveRemove();
        }
        c.domainDefineXML(DefinitionRewriter.withNewDisks(present, target));
    }

    static boolean switched(Connect c, Target target) throws LibvirtException {
        Optional<Domain> domain = Domains.byId(c, Objects.requireNonNull(target.inPlace()));
        if (domain.isEmpty()) {
            return false;
        }
        DomainXml xml = DomainXml.parse(domain.get().getXMLDesc(Domains.INACTIVE_XML));
        return target.disks().stream()
                .allMatch(d -> xml.disk(d.key())
                        .map(x -> x.path().equals(d.volume().path()))
                        .orElse(false));
    }

    static List<String> removeReplaced(Connect c, Target target) throws LibvirtException {
        Domain domain = domain(c, target);
        for (DomainCheckpoint checkpoint : domain.listAllCheckpoints(0)) {
            checkpoint.delete(METADATA_ONLY);
        }
        for (String snapshot : domain.snapshotListNames()) {
            domain.snapshotLookupByName(snapshot).delete(METADATA_ONLY);
        }
        List<String> left = new ArrayList<>();
        for (String path : target.oldPaths()) {
            Optional<StorageVol> volume = Volumes.byPath(c, path);
            if (volume.isPresent()) {
                volume.get().delete(0);
            } else if (Volumes.poolOf(c, path).isEmpty()) {
                left.add("The old disk file " + path + " is in no storage pool and was left.");
            }
        }
        return List.copyOf(left);
    }

    private static Domain domain(Connect c, Target target) throws LibvirtException {
        return Domains.byId(c, Objects.requireNonNull(target.inPlace()))
                .orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The VM to be replaced is gone."));
    }
}
