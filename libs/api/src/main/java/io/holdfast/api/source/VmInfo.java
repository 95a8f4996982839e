package io.holdfast.api.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine as its source lists it.
 *
 * @param id identity within the source; libvirt: the domain's UUID
 * @param source the source's name
 * @param state {@code running}, {@code paused}, {@code off}, {@code saved} (managed save) or {@code crashed}
 * @param disks in the definition's order
 * @param snapshots how many snapshots Holdfast knows of it
 * @param notes what a backup of it cannot hold yet, for people (TPM state, firmware variables, ...)
 */
public record VmInfo(
        String id, String source, String name, String state, List<DiskInfo> disks, int snapshots, List<String> notes) {

    /**
     * One disk.
     *
     * @param key stable within the VM; libvirt: the target name
     * @param format {@code qcow2}, {@code raw}
     * @param virtualBytes size the guest sees; 0 where it is not known: nobody asks for that of a disk that no backup holds, nor
     *     makes a hypervisor on another machine open the file of a VM that is off when no storage pool has it
     * @param backup whether a backup holds it
     * @param reason why not, when {@code backup} is false
     */
    public record DiskInfo(
            String key,
            String format,
            long virtualBytes,
            @Nullable String location,
            boolean backup,
            @Nullable String reason) {}
}
