package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Snapshot;
import java.time.Duration;
import java.util.Optional;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.StorageVol;

/** The file of an overlay that its VM does not go through (any more). It may hold the only copy of a disk's newest bytes. */
final class OverlayFile {

    private static final Duration SLOW = Duration.ofSeconds(60);

    private final SourceContext context;
    private final String vm;
    private final Snapshot.Overlay overlay;

    OverlayFile(SourceContext context, String vm, Snapshot.Overlay overlay) {
        this.context = context;
        this.vm = vm;
        this.overlay = overlay;
    }

    /**
     * Removes the file if it is there; mostly libvirt has done so.
     *
     * @param writtenDown whether the overlay was seen to leave the VM's chain because it was written down. Otherwise nobody
     *     knows why it is not in the chain, and a file that is there stays.
     */
    void remove(boolean writtenDown) {
        context.connection().call("remove an overlay", SLOW, c -> {
            refuseUsed(c);
            Optional<StorageVol> volume = volume(c);
            if (volume.isPresent() && !writtenDown) {
                throw new ApiException(
                        ErrorCode.SNAPSHOT_UNSUPPORTED,
                        "Disk " + overlay.key() + " does not go through the snapshot's file " + overlay.path()
                                + " any more, and the file is still there: somebody detached it. Attach it again,"
                                + " or move it away if nobody needs it, and delete the snapshot again.");
            }
            if (volume.isPresent()) {
                volume.get().delete(0);
            }
            return overlay;
        });
    }

    private Optional<StorageVol> volume(Connect c) throws LibvirtException {
        Optional<String> pool = Volumes.poolOf(c, overlay.path());
        if (pool.isEmpty()) {
            return Optional.empty();
        }
        PoolGate.refresh(c.storagePoolLookupByName(pool.get()));
        return Volumes.find(
                c, pool.get(), overlay.path().substring(overlay.path().lastIndexOf('/') + 1));
    }

    /** No domain's disks go through the file, neither those it runs with nor those it will start with. */
    private void refuseUsed(Connect c) throws LibvirtException {
        Domains.each(c, domain -> {
            boolean used = names(domain.getXMLDesc(0)) || isDefined(domain);
            if (used) {
                String who = domain.getUUIDString().equals(vm) ? "the VM's own definition" : "VM " + domain.getName();
                throw new ApiException(
                        ErrorCode.SNAPSHOT_UNSUPPORTED,
                        "The snapshot's file " + overlay.path() + " of disk " + overlay.key() + " is used by " + who
                                + "; give the disk back to the VM and delete the snapshot again.");
            }
        });
    }

    /** Whether a disk of what this domain will start with goes through the file. */
    boolean isDefined(Domain domain) throws LibvirtException {
        return domain.isPersistent() == 1 && names(domain.getXMLDesc(Domains.INACTIVE_XML));
    }

    private boolean names(String xml) {
        return DomainXml.parse(xml).disks().stream()
                .flatMap(d -> d.chain().stream())
                .anyMatch(l -> l.path().equals(overlay.path()));
    }
}
