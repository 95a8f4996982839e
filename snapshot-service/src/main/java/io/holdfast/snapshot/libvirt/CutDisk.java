package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Snapshot;
import java.util.List;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/**
 * Refuses to write an overlay down that is smaller than what it lies upon: QEMU gives the disk the larger size then, and what the
 * guest had cut off comes back. All methods run inside a {@link LibvirtConnection} call.
 */
final class CutDisk {

    private CutDisk() {}

    /** Looks at the overlays that the running domain's disks go through. */
    static void refuse(Connect c, Domain domain, List<Snapshot.Overlay> overlays) throws LibvirtException {
        for (DomainXml.Disk shown : DomainXml.parse(domain.getXMLDesc(0)).disks()) {
            List<DomainXml.Layer> chain = Chains.resolved(c, shown).chain();
            for (int at = 0; at + 1 < chain.size(); at++) {
                String path = chain.get(at).path();
                if (overlays.stream().anyMatch(o -> o.path().equals(path))) {
                    long size = at == 0
                            ? domain.blockInfo(shown.key()).getCapacity()
                            : Volumes.virtualBytes(c, chain.get(at));
                    refuse(shown.key(), size, Volumes.virtualBytes(c, chain.get(at + 1)));
                }
            }
        }
    }

    private static void refuse(String disk, long size, long beneath) {
        if (size > 0 && size < beneath) {
            throw new ApiException(
                    ErrorCode.SNAPSHOT_UNSUPPORTED,
                    "Disk " + disk + " was made smaller after the snapshot, from " + beneath + " to " + size
                            + " bytes: deleting the snapshot would bring its old size back, and old bytes with it. Nothing was"
                            + " changed. Give the disk its old size first, then delete the snapshot.");
        }
    }
}
