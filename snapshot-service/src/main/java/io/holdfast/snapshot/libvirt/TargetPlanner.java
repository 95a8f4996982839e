package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.snapshot.app.RestoreTargets;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.Volume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;

/** Checks what a restore needs and decides its volumes. Touches nothing. */
final class TargetPlanner {

    private TargetPlanner() {}

    static RestoreTargets.Planned plan(Connect c, OpenTarget r) throws LibvirtException {
        DomainXml definition = DomainXml.parse(r.definition());
        Domain original = r.inPlace() == null
                ? null
                : Domains.byId(c, r.inPlace())
                        .orElseThrow(() ->
                                new ApiException(ErrorCode.VM_NOT_FOUND, "The VM to be replaced does not exist."));
        refuseTooMany(r);
        boolean whole = original == null || whole(original, r);
        DomainXml present = original == null ? definition : DomainXml.parse(original.getXMLDesc(Domains.INACTIVE_XML));
        String vmName = r.name() == null ? present.name() : r.name();
        if (original == null && Domains.byName(c, vmName).isPresent()) {
            throw new ApiException(ErrorCode.VM_NAME_EXISTS, "The source has a VM called " + vmName + " already.");
        }
        if (r.network() != null) {
            c.networkLookupByName(r.network());
        }
        Map<String, Long> needed = new HashMap<>();
        List<Target.Disk> disks = new ArrayList<>();
        for (OpenTarget.TargetDisk d : r.disks()) {
            DomainXml.Disk known = check(present, d);
            StoragePool pool = Volumes.pool(c, poolFor(c, r.pool(), known));
            needed.merge(pool.getName(), d.dataBytes(), Long::sum);
            String name = Marks.restored(vmName, r.job(), d.key(), d.format());
            String path = Volumes.folder(pool) + "/" + name;
            disks.add(new Target.Disk(
                    d.key(),
                    d.format(),
                    new Volume(pool.getName(), name, path, d.virtualBytes()),
                    d.dataBytes(),
                    0,
                    false,
                    false));
        }
        PoolRoom.check(c, needed);
        return new RestoreTargets.Planned(vmName, UUID.randomUUID(), List.copyOf(disks), whole);
    }

    private static void refuseTooMany(OpenTarget r) {
        if (r.disks().size() > HelperXml.MAX_DISKS) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED,
                    "At most " + HelperXml.MAX_DISKS + " disks are restored at once, and these are "
                            + r.disks().size() + ": name some of them.");
        }
    }

    private static boolean whole(Domain original, OpenTarget r) throws LibvirtException {
        if (original.isPersistent() != 1) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "The VM is transient and would be gone when it stops: restore it as a new VM.");
        }
        boolean whole = InPlace.whole(
                original, r.disks().stream().map(OpenTarget.TargetDisk::key).collect(Collectors.toSet()));
        InPlace.refusePartial(original, whole);
        return whole;
    }

    private static DomainXml.Disk check(DomainXml definition, OpenTarget.TargetDisk d) {
        DiskRules.refuseSize(d.key(), d.virtualBytes());
        return definition
                .disk(d.key())
                .orElseThrow(() -> new ApiException(
                        ErrorCode.DISK_NOT_FOUND,
                        "The VM's definition has no disk " + d.key() + "; name the disks to restore."));
    }

    private static String poolFor(Connect c, @Nullable String wanted, DomainXml.Disk original) throws LibvirtException {
        if (wanted != null) {
            return wanted;
        }
        String path = original.path();
        Optional<String> same = path.isEmpty() ? Optional.empty() : Volumes.poolOf(c, path);
        if (same.isPresent()
                && !Volumes.folder(c.storagePoolLookupByName(same.get())).isEmpty()) {
            return same.get();
        }
        return "default";
    }
}
