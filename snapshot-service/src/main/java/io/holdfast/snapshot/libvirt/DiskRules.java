package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/** Which disks a backup holds and what of a VM it cannot hold yet. Pure. */
final class DiskRules {

    private static final int SECTOR = 512;
    private static final Set<String> FORMATS = Set.of("qcow2", "raw");

    /** libvirt's error_policy; without one QEMU stops for lack of space. */
    private static final Set<String> POLICIES_THAT_STOP = Set.of("", "stop", "enospace");
    /** Devices on which QEMU honours that. */
    private static final Set<String> BUSES_THAT_STOP = Set.of("virtio", "scsi", "sata", "ide");

    private DiskRules() {}

    /** Why a backup cannot hold a disk; null if it can. */
    static @Nullable String refusal(DomainXml.Disk disk) {
        return switch (disk.device()) {
            case "cdrom" -> "a CD-ROM drive holds no data of the VM";
            case "floppy" -> "a floppy drive holds no data of the VM";
            case "lun" -> "the disk is passed through to the VM as a SCSI device";
            default -> refusalOfDisk(disk);
        };
    }

    private static @Nullable String refusalOfDisk(DomainXml.Disk disk) {
        if (disk.readonly()) {
            return "the disk is read-only for the VM";
        }
        if (disk.shareable()) {
            return "the disk is shared with other VMs";
        }
        if (disk.transientDisk()) {
            return "the disk is transient: its changes are dropped when the VM stops";
        }
        if (encrypted(disk.element())) {
            return "the hypervisor encrypts the disk, which is not supported yet";
        }
        return switch (disk.type()) {
            case "file", "block", "volume" ->
                FORMATS.contains(disk.format()) ? null : "its format " + disk.format() + " is not supported yet";
            case "network" -> "disks over the network are not supported yet";
            case "nvme" -> "the disk is an NVMe device that is passed through to the VM";
            default -> "disks of type " + disk.type() + " are not supported yet";
        };
    }

    /** libvirt writes it beside the source or, which is the newer way, in it; also of a layer below. */
    private static boolean encrypted(Element disk) {
        return disk.getElementsByTagName("encryption").getLength() > 0;
    }

    /** Sizes that no volume of ours can be made for: {@code disk-unsupported}. */
    static void refuseSize(String key, long bytes) {
        if (bytes <= 0 || bytes % SECTOR != 0) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED,
                    "Disk " + key + " has " + bytes + " bytes, which is not a multiple of 512.");
        }
        if (bytes > Qcow2Header.MAX_BYTES) {
            throw new ApiException(
                    ErrorCode.DISK_UNSUPPORTED,
                    "Disk " + key + " has " + bytes + " bytes; disks over " + Qcow2Header.MAX_BYTES
                            + " bytes (8 TiB) are not supported yet.");
        }
    }

    /**
     * Whether the guest is stopped, and not told of an error, when scratch has no room for a block it overwrites: only such
     * a disk may have less scratch than it has bytes.
     */
    static boolean stopsForSpace(DomainXml.Disk disk) {
        String policy = Xml.attr(Xml.child(disk.element(), "driver"), "error_policy");
        String bus = Xml.attr(Xml.child(disk.element(), "target"), "bus");
        return POLICIES_THAT_STOP.contains(policy) && BUSES_THAT_STOP.contains(bus);
    }

    /** Which disks a scratch limit does not apply to, for people. */
    static List<String> scratchNotes(DomainXml domain) {
        return domain.disks().stream()
                .filter(d -> refusal(d) == null && !stopsForSpace(d))
                .map(d -> "The scratch limit does not apply to disk " + d.key()
                        + ": without room its guest would see write errors, so scratch was reserved in full.")
                .toList();
    }

    /** What a point of this VM cannot hold yet, for people. */
    static List<String> notes(DomainXml domain) {
        List<String> notes = new ArrayList<>();
        for (DomainXml.Disk d : domain.disks()) {
            String why = refusal(d);
            if (why != null && !d.device().equals("cdrom") && !d.device().equals("floppy")) {
                notes.add("Disk " + d.key() + " is not in the backup: " + why + ".");
            }
        }
        Xml.child(domain.root(), "os").ifPresent(os -> {
            if (Xml.child(os, "nvram").isPresent()
                    || os.getAttribute("firmware").equals("efi")) {
                notes.add("Firmware variables (NVRAM) are not saved: a restored VM starts with fresh ones.");
            }
        });
        Xml.child(domain.root(), "devices").ifPresent(devices -> deviceNotes(devices, notes));
        return List.copyOf(notes);
    }

    private static void deviceNotes(Element devices, List<String> notes) {
        if (!Xml.children(devices, "tpm").isEmpty()) {
            notes.add("The TPM's state is not saved: what the guest sealed with it cannot be unsealed.");
        }
        if (!Xml.children(devices, "hostdev").isEmpty()) {
            notes.add("Devices of the host that are passed through are not saved.");
        }
        if (!Xml.children(devices, "filesystem").isEmpty()) {
            notes.add("Folders shared with the host are not saved.");
        }
    }
}
