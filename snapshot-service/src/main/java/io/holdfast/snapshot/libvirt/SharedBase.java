package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Snapshot;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/**
 * Refuses to write an overlay down into a file that somebody else lies upon: he would find other bytes beneath his own. All
 * methods run inside a {@link LibvirtConnection} call.
 */
final class SharedBase {

    private SharedBase() {}

    /** Looks at the overlays that the running domain's disks go through. */
    static void refuse(Connect c, Domain domain, List<Snapshot.Overlay> overlays) throws LibvirtException {
        DomainXml live = DomainXml.parse(domain.getXMLDesc(0));
        Dependants all = Dependants.look(c);
        for (Snapshot.Overlay overlay : overlays) {
            for (DomainXml.Disk disk : live.disks()) {
                List<String> chain = Chains.resolved(c, disk).chain().stream()
                        .map(DomainXml.Layer::path)
                        .toList();
                int base = chain.indexOf(overlay.path()) + 1;
                if (base > 0 && base < chain.size()) {
                    Set<String> own = chain.stream().limit(base + 1L).collect(Collectors.toSet());
                    refuse(all.besides(domain.getUUIDString(), own), disk.key(), chain.get(base));
                }
            }
        }
    }

    private static void refuse(Dependants.Claims claims, String disk, String base) {
        Optional<String> by = SameFile.among(claims.by().keySet(), base).map(claims.by()::get);
        if (by.isPresent()) {
            throw new ApiException(
                    ErrorCode.SNAPSHOT_IN_USE,
                    "Deleting the snapshot writes into " + base + " of disk " + disk + ", and " + by.get()
                            + " lies upon that file: its contents would be destroyed. The file was not changed. Remove it or give it a"
                            + " disk of its own, then delete the snapshot again.");
        }
        if (!claims.unknown().isEmpty()) {
            Dependants.Unknown unknown = claims.unknown().getFirst();
            throw new ApiException(
                    ErrorCode.SNAPSHOT_IN_USE,
                    "Deleting the snapshot writes into " + base + " of disk " + disk + ", and whether " + unknown.by()
                            + " lies upon that file is not known, because " + unknown.file()
                            + " is in no storage pool. The file was not changed. Start the VM that uses it, or make its folder a"
                            + " storage pool, then delete the snapshot again.");
        }
    }
}
