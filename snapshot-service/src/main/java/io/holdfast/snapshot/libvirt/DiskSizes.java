package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/**
 * How large a disk is. Of a VM that is off libvirt opens the disk's file for that while it holds the VM's lock: on a pipe it
 * waits for ever, and with it everybody who lists VMs. So it is asked only about what it can open.
 */
final class DiskSizes {

    private static final int TYPE = 0xf000;
    private static final int REGULAR = 0x8000;
    private static final int BLOCK = 0x6000;

    private final boolean remote;

    DiskSizes(SourceContext context) {
        remote = SourceUri.check(context.source().uri()).remote();
    }

    /** Bytes, for a backup. Error: {@code disk-unsupported} for what is neither a file nor a block device. */
    long of(Connect c, Domain domain, DomainXml.Disk disk) throws LibvirtException {
        if (domain.isActive() != 1) {
            refuseOthers(disk.key(), Chains.path(c, disk));
        }
        return domain.blockInfo(disk.key()).getCapacity();
    }

    /** Bytes, for a listing: 0 where a hypervisor on another machine would have to open a file that is in no pool. */
    long shown(Connect c, Domain domain, DomainXml.Disk disk) throws LibvirtException {
        if (remote && domain.isActive() != 1) {
            String path = Chains.path(c, disk);
            if (path.isEmpty() || Volumes.byPath(c, path).isEmpty()) {
                return 0;
            }
        }
        return of(c, domain, disk);
    }

    private void refuseOthers(String key, String path) {
        if (remote || path.isEmpty()) {
            return;
        }
        int type;
        try {
            type = (int) Files.getAttribute(Path.of(path), "unix:mode") & TYPE;
        } catch (IOException | RuntimeException e) {
            // Not there, or not for this process to see: libvirt will say so, or see more.
            return;
        }
        if (type != REGULAR && type != BLOCK) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED, "Disk " + key + " is neither a file nor a block device: " + path);
        }
    }
}
