package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.RestoreTargets.Replaced;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.TargetSeen;
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
import org.w3c.dom.Element;

/** Gives a VM restored disks in place of its own. All methods run inside a {@link LibvirtConnection} call. */
final class InPlace {

    private static final int METADATA_ONLY = 2;
    private static final int REDEFINE = 1;

    private InPlace() {}

    /** Whether these disks are all of the VM's that a backup can hold. */
    static boolean whole(Domain domain, Set<String> keys) throws LibvirtException {
        for (int flags : new int[] {0, Domains.INACTIVE_XML}) {
            if (DomainXml.parse(domain.getXMLDesc(flags)).disks().stream()
                    .anyMatch(d -> DiskRules.refusal(d) == null && !keys.contains(d.key()))) {
                return false;
            }
        }
        return true;
    }

    static void refusePartial(Domain domain, boolean whole) throws LibvirtException {
        if (!whole && domain.snapshotNum() > 0) {
            throw new ApiException(
                    ErrorCode.VM_HAS_SNAPSHOTS,
                    "The VM has snapshots, which are of all its disks: delete them before some of its disks are"
                            + " restored in place, or restore all disks.");
        }
    }

    /**
     * The top layer of each disk that goes. What lies beneath may be a template of many: it goes only where an overlay of
     * Holdfast's own shows that the VM itself wrote there.
     */
    static Replaced replaced(Connect c, Target target) throws LibvirtException {
        Domain domain = domain(c, target);
        Set<String> keys = keys(target);
        boolean whole = whole(domain, keys);
        refusePartial(domain, whole);
        refuseMissing(DomainXml.parse(domain.getXMLDesc(Domains.INACTIVE_XML)), keys);
        DomainXml then = DomainXml.parse(target.definition());
        Set<String> paths = new LinkedHashSet<>();
        List<String> notes = new ArrayList<>();
        if (domain.isActive() == 1) {
            notes.add("The VM ran: it is switched off to get its restored disks.");
        }
        if (whole && domain.snapshotNum() > 0) {
            notes.add("Snapshots of the replaced disks go with them: " + String.join(", ", snapshots(domain)) + ".");
        }
        for (int flags : new int[] {0, Domains.INACTIVE_XML}) {
            for (DomainXml.Disk disk : DomainXml.parse(domain.getXMLDesc(flags)).disks()) {
                if (!keys.contains(disk.key())) {
                    continue;
                }
                if (DiskRules.refusal(disk) == null) {
                    collect(c, new Gone(then, domain.getName(), disk), paths, notes);
                } else {
                    notes.add("The replaced disk " + disk.key() + " was left: " + DiskRules.refusal(disk) + ".");
                }
            }
        }
        target.disks().forEach(d -> paths.remove(d.volume().path()));
        return new Replaced(List.copyOf(paths), whole, notes.stream().distinct().toList());
    }

    /** Names as people know them; those of others' snapshots too. */
    private static List<String> snapshots(Domain domain) throws LibvirtException {
        List<String> names = new ArrayList<>();
        for (String name : domain.snapshotListNames()) {
            Element snapshot = Xml.parse(domain.snapshotLookupByName(name).getXMLDesc(0));
            String ours = Xml.text(snapshot, "description");
            names.add(name.startsWith(Marks.PREFIX) && !ours.isEmpty() ? ours : name);
        }
        return names;
    }

    private static void refuseMissing(DomainXml present, Set<String> keys) {
        for (String key : keys) {
            if (present.disk(key).isEmpty()) {
                throw new ApiException(ErrorCode.DISK_NOT_FOUND, "The VM has no disk " + key + " any more.");
            }
        }
    }

    /**
     * A disk of the VM that is replaced.
     *
     * @param then the VM as the point knows it
     */
    private record Gone(DomainXml then, String vmName, DomainXml.Disk disk) {

        /**
         * Whether this is the disk that the point holds, or one that took its place in an earlier restore. The VM may have got
         * another file under the same name since, which is in no point: nobody could bring that back.
         */
        boolean held(Connect c, String path) throws LibvirtException {
            Set<String> layers = Chains.down(c, path);
            // A running VM shows layers that no pool has.
            Chains.resolved(c, disk).chain().forEach(layer -> layers.add(layer.path()));
            Set<String> known = new LinkedHashSet<>();
            if (then.disk(disk.key()).isPresent()) {
                Chains.resolved(c, then.disk(disk.key()).get()).chain().forEach(layer -> known.add(layer.path()));
            }
            known.remove("");
            return layers.stream()
                    .anyMatch(file -> known.contains(file)
                            || Marks.isRestored(file.substring(file.lastIndexOf('/') + 1), vmName, disk.key()));
        }
    }

    private static void collect(Connect c, Gone gone, Set<String> paths, List<String> notes) throws LibvirtException {
        DomainXml.Disk disk = gone.disk();
        String path = Chains.path(c, disk);
        if (path.isEmpty()) {
            notes.add("The volume of the replaced disk " + disk.key() + " is not known and was left.");
            return;
        }
        if (!gone.held(c, path)) {
            notes.add("The file " + path + ", which disk " + disk.key()
                    + " was now, was left: it is not the disk that the point was taken of.");
            return;
        }
        paths.add(path);
        int depth = 0;
        String beneath = beneath(c, disk, path, depth);
        while (path.contains("/" + Marks.OVERLAY) && !beneath.isEmpty() && paths.add(beneath)) {
            path = beneath;
            beneath = beneath(c, disk, path, ++depth);
        }
        if (!beneath.isEmpty() && !paths.contains(beneath)) {
            notes.add("The file " + beneath + " beneath the replaced disk " + disk.key()
                    + " was left: it may be shared with others.");
        }
    }

    /** As the running VM shows it, else as the volume does. */
    private static String beneath(Connect c, DomainXml.Disk disk, String path, int depth) throws LibvirtException {
        List<DomainXml.Layer> chain = disk.chain();
        return depth + 1 < chain.size() ? chain.get(depth + 1).path() : Chains.beneath(c, path);
    }

    /** How the VM stands; absent if it is gone or would be gone when it stops. */
    static TargetSeen.Vm observe(Connect c, Target target) throws LibvirtException {
        Optional<Domain> found = Domains.byId(c, Objects.requireNonNull(target.inPlace()));
        if (found.isEmpty() || found.get().isPersistent() != 1) {
            return TargetSeen.Vm.ABSENT;
        }
        Domain domain = found.get();
        boolean active = domain.isActive() == 1;
        boolean runsOnNew = active && onNew(c, DomainXml.parse(domain.getXMLDesc(0)), target);
        return new TargetSeen.Vm(
                true,
                onNew(c, DomainXml.parse(domain.getXMLDesc(Domains.INACTIVE_XML)), target),
                runsOnNew,
                active && !runsOnNew,
                domain.hasManagedSaveImage() == 1,
                marks(domain, target));
    }

    private static boolean marks(Domain domain, Target target) throws LibvirtException {
        if (target.whole()) {
            return domain.checkpointListNames().length > 0 || domain.snapshotListNames().length > 0;
        }
        for (DomainCheckpoint checkpoint : domain.listAllCheckpoints(0)) {
            if (!marked(Xml.parse(checkpoint.getXMLDesc(0)), target).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** The replaced disks that a checkpoint says it has a bitmap of. */
    private static List<Element> marked(Element checkpoint, Target target) {
        Set<String> keys = keys(target);
        return Xml.child(checkpoint, "disks").stream()
                .flatMap(disks -> Xml.children(disks, "disk").stream())
                .filter(d -> keys.contains(d.getAttribute("name")))
                .filter(d -> d.getAttribute("checkpoint").equals("bitmap"))
                .toList();
    }

    /** Also when somebody has made an overlay on a restored disk meanwhile. */
    private static boolean onNew(Connect c, DomainXml xml, Target target) throws LibvirtException {
        for (Target.Disk d : target.disks()) {
            Optional<DomainXml.Disk> disk = xml.disk(d.key());
            if (disk.isEmpty()
                    || !Chains.liesOn(c, disk.get().path(), d.volume().path())) {
                return false;
            }
        }
        return true;
    }

    static void switchDisks(Connect c, Target target) throws LibvirtException {
        Domain domain = domain(c, target);
        refuseBackup(domain);
        c.domainDefineXML(
                DefinitionRewriter.withNewDisks(domain.getXMLDesc(Domains.INACTIVE_XML | Domains.SECURE_XML), target));
    }

    static void stop(Connect c, Target target) throws LibvirtException {
        Domain domain = domain(c, target);
        refuseBackup(domain);
        Domains.destroy(domain);
    }

    private static void refuseBackup(Domain domain) throws LibvirtException {
        if (Domains.backupJob(domain).isPresent()) {
            throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM runs on the hypervisor.");
        }
    }

    static void dropSavedState(Connect c, Target target) throws LibvirtException {
        Domain domain = domain(c, target);
        if (domain.hasManagedSaveImage() == 1) {
            domain.managedSaveRemove();
        }
    }

    /** The bitmaps of replaced disks went with them; those of disks that stay are still counted from. */
    static void forgetMarks(Connect c, Target target) throws LibvirtException {
        Domain domain = domain(c, target);
        for (DomainCheckpoint checkpoint : domain.listAllCheckpoints(0)) {
            if (target.whole()) {
                checkpoint.delete(METADATA_ONLY);
            } else {
                leaveOut(domain, checkpoint, target);
            }
        }
        if (target.whole()) {
            for (String snapshot : domain.snapshotListNames()) {
                domain.snapshotLookupByName(snapshot).delete(METADATA_ONLY);
            }
        }
    }

    /** With a disk whose bitmap is gone libvirt could never remove the checkpoint's other bitmaps. */
    private static void leaveOut(Domain domain, DomainCheckpoint checkpoint, Target target) throws LibvirtException {
        Element root = Xml.parse(checkpoint.getXMLDesc(0));
        List<Element> gone = marked(root, target);
        if (!gone.isEmpty()) {
            gone.forEach(d -> {
                d.setAttribute("checkpoint", "no");
                d.removeAttribute("bitmap");
            });
            domain.checkpointCreateXML(Xml.write(root), REDEFINE);
        }
    }

    /** What anybody uses stays, whatever was thought when the list was made. */
    static List<String> removeReplaced(Connect c, Target target) throws LibvirtException {
        // First: it looks at all pools anew, and what a VM uses is known from them too.
        Dependants.Claims claims = Dependants.look(c).besides("", Set.copyOf(target.oldPaths()));
        if (!claims.unknown().isEmpty()) {
            return List.of(leftForUnknown(target, claims.unknown().getFirst()));
        }
        Set<String> used = Chains.used(c);
        List<String> left = new ArrayList<>();
        for (String path : target.oldPaths()) {
            if (SameFile.among(used, path).isPresent()) {
                left.add("The replaced disk file " + path + " was left: a VM uses it.");
            } else if (SameFile.among(claims.by().keySet(), path).isPresent()) {
                left.add("The replaced disk file " + path + " was left: another volume lies upon it.");
            } else {
                remove(c, path).ifPresent(left::add);
            }
        }
        return List.copyOf(left);
    }

    private static String leftForUnknown(Target target, Dependants.Unknown unknown) {
        return "The replaced disk files " + String.join(", ", target.oldPaths())
                + " were left, because it is not known what " + unknown.by() + " lies upon: " + unknown.file()
                + " is in no storage pool.";
    }

    private static Optional<String> remove(Connect c, String path) throws LibvirtException {
        if (Volumes.poolOf(c, path).isEmpty()) {
            return Optional.of("The replaced disk file " + path + " is in no storage pool and was left.");
        }
        try {
            Optional<org.libvirt.StorageVol> volume = Volumes.byPath(c, path);
            if (volume.isPresent()) {
                volume.get().delete(0);
            }
            return Optional.empty();
        } catch (LibvirtException e) {
            RuntimeException meaning = LibvirtErrors.translate("remove " + path, e);
            if (meaning instanceof ApiException known && known.code().retryable()) {
                throw e;
            }
            return Optional.of("The replaced disk file " + path + " was left: " + e.getMessage());
        }
    }

    private static Set<String> keys(Target target) {
        return target.disks().stream().map(Target.Disk::key).collect(Collectors.toSet());
    }

    private static Domain domain(Connect c, Target target) throws LibvirtException {
        return Domains.byId(c, Objects.requireNonNull(target.inPlace()))
                .orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The VM to be replaced is gone."));
    }
}
