package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.Volume;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.StorageVol;

/** Whether the storage pools of a restore have room for what will be written there. */
final class PoolRoom {

    /** With less than this nothing can be written any more: a piece that QEMU copies at once is as large. */
    private static final long FULL = 1 << 20;

    private PoolRoom() {}

    /** Before anything is made; bytes per pool. Error: {@code no-space}. */
    static void check(Connect c, Map<String, Long> needed) throws LibvirtException {
        for (Map.Entry<String, Long> pool : needed.entrySet()) {
            long available = Volumes.available(Volumes.pool(c, pool.getKey()));
            if (available < pool.getValue()) {
                throw new ApiException(
                        ErrorCode.NO_SPACE,
                        "The storage pool " + pool.getKey() + " lacks " + (pool.getValue() - available)
                                + " bytes: about " + pool.getValue() + " bytes will be written there.");
            }
        }
    }

    /**
     * After a pull ended too early, while what it wrote is there. How much a disk needs is known about only: a pool with next
     * to nothing left is full, whatever was expected. Error: {@code no-space}.
     */
    static void refuseFull(Connect c, Target target) throws LibvirtException {
        Map<String, Long> missing = new HashMap<>();
        for (Target.Disk d : target.disks()) {
            if (!d.filled()) {
                long more = Math.max(0, d.dataBytes() - written(c, d.volume()));
                missing.merge(d.volume().pool(), more, Long::sum);
            }
        }
        for (Map.Entry<String, Long> pool : missing.entrySet()) {
            long available = Volumes.available(Volumes.pool(c, pool.getKey()));
            if (available < Math.max(FULL, pool.getValue())) {
                throw new ApiException(
                        ErrorCode.NO_SPACE,
                        "The storage pool " + pool.getKey() + " ran full: it has " + Math.max(0, available)
                                + " bytes left, and about " + pool.getValue() + " bytes are still to be written.");
            }
        }
    }

    private static long written(Connect c, Volume volume) throws LibvirtException {
        Optional<StorageVol> made = Volumes.find(c, volume.pool(), volume.name());
        return made.isPresent() ? made.get().getInfo().allocation : 0;
    }
}
